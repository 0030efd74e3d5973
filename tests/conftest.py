"""Shared fixtures: a deployed stage on moto, with credentials that open nothing."""

from collections.abc import Iterator

import pytest
from moto import mock_aws
from xdist.scheduler.loadscope import LoadScopeScheduling

from functions.intake.endpoints import Configuration
from tests.aws import Stage, client, deploy
from tests.make import GATEWAY, SECRET

TOGETHER = frozenset({"contracts", "infra", "local"})
"""Folders whose tests share engines, templates or a deployed archive: one process has them all."""


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Spread over the cores by file, or by folder where one start serves many tests."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = file.split("/")[1]
        return folder if folder in TOGETHER else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    """What xdist spreads the tests with."""
    return ByFile(config, log)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """moto, in this process."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


@pytest.fixture
def stage(aws: None, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A deployed archive with one gateway."""
    deployed = deploy(monkeypatch)
    configure(deployed, f'[[gateway]]\nid = "{GATEWAY}"\nsecrets = ["{SECRET}"]\n')
    return deployed


def configure(stage: Stage, toml: str) -> None:
    """What `fengcun config apply` does to the secret."""
    secret = Configuration.from_toml(toml, name="test.toml").endpoints_secret()
    client("secretsmanager").put_secret_value(SecretId=stage.env["ENDPOINTS_SECRET_ARN"], SecretString=secret)
