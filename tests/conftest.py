"""Shared fixtures: a deployed stage on moto, with credentials that open nothing."""

from collections.abc import Iterator

import pytest
from moto import mock_aws
from xdist.scheduler.loadscope import LoadScopeScheduling

from functions.intake.endpoints import Configuration
from tests import once
from tests.aws import Stage, client, deploy
from tests.make import GATEWAY, SECRET

once.install()

TOGETHER = frozenset({"contracts", "infra", "local"})
"""Folders whose tests share engines, templates or a deployed archive: one process has them all."""
LONGEST_FIRST = ("local", "infra", "contracts", "flow")
"""Folders, by how long they take in one piece."""


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Spread over the cores by file, or by folder where one start serves many tests."""

    def _split_scope(self, nodeid: str) -> str:
        file, folder = file_and_folder(nodeid)
        return folder if folder in TOGETHER else file


def file_and_folder(nodeid: str) -> tuple[str, str]:
    file = nodeid.partition("::")[0]
    return file, file.split("/")[1]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    """What xdist spreads the tests with, in the order in which they were collected."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest pieces of work come first, or in the end one core waits for the other."""
    place = {folder: at for at, folder in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(file_and_folder(item.nodeid)[1], len(place)))


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
