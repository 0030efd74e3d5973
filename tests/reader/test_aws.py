"""The reader's hands: what AWS refuses becomes one sentence and the right exit code."""

from typing import Any

import boto3
import pytest

from reader.aws import Account, default_deployment
from reader.errors import CommandError, Misused, NoAnswer, Refused
from tests.reader.standin import Standin


def account(**chosen: str | None) -> Account:
    return Account(**{"profile": None, "region": None, "endpoint_url": None} | chosen)


def test_the_deployment_is_trial_unless_the_environment_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FENGCUN_DEPLOYMENT", raising=False)
    assert default_deployment() == "trial"
    monkeypatch.setenv("FENGCUN_DEPLOYMENT", "beijing")
    assert default_deployment() == "beijing"


def test_a_stack_is_read_by_the_names_of_its_outputs(archive: Standin) -> None:
    archive.stacks["one"] = {"A": "1", "B": "2"}

    assert account().stacks().outputs("one") == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ValidationError", Misused),
        ("AccessDenied", Refused),
        ("ExpiredToken", Misused),
        ("Throttling", NoAnswer),
        ("SomethingNew", Refused),
    ],
)
def test_each_refusal_of_aws_has_its_exit_code(archive: Standin, code: str, kind: type[CommandError]) -> None:
    archive.stacks["one"] = code

    with pytest.raises(kind, match="stack one"):
        account().stacks().outputs("one")


def test_a_secret_that_is_not_there_is_named(archive: Standin) -> None:
    with pytest.raises(Misused, match="elsewhere"):
        account().secret("elsewhere").read()


def test_the_secret_before_stays_as_the_previous_version(archive: Standin) -> None:
    account().secret("endpoints").write("new")

    old = boto3.client("secretsmanager").get_secret_value(SecretId="endpoints", VersionStage="AWSPREVIOUS")
    assert old["SecretString"] == '{"gateways":{},"wecom":{}}'
    assert account().secret("endpoints").read() == "new"


def test_custodians_are_written_in_any_number_and_read_back_alike(archive: Standin) -> None:
    table = account().custodians("custodians")
    items: list[dict[str, Any]] = [
        {"token": bytes([n]) * 16, "valid_from": "2026-01-01T00:00:00.000Z", "regimes": {"cn.sec.137"}}
        for n in range(60)
    ]

    table.replace(put=items, remove=[])
    assert sorted(table.items(), key=lambda item: item["token"]) == items

    table.replace(put=[], remove=[(item["token"], item["valid_from"]) for item in items[:59]])
    assert table.items() == items[59:]


def test_no_credentials_is_said_before_anything_is_sent(archive: Standin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(Misused, match="no AWS credentials"):
        account().sign(f"{archive.url}/records/1")
    with pytest.raises(Misused, match="credentials"):
        account().secret("endpoints").read()


def test_no_region_is_said_before_anything_is_sent(archive: Standin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    with pytest.raises(Misused, match="no AWS region"):
        account().sign(f"{archive.url}/records/1")
    with pytest.raises(Misused, match="region"):
        account().stacks()


def test_a_profile_that_does_not_exist_is_named(archive: Standin) -> None:
    with pytest.raises(Misused, match="nobody"):
        account(profile="nobody")


def test_an_endpoint_that_does_not_answer_is_not_a_no(archive: Standin) -> None:
    with pytest.raises(NoAnswer, match="secretsmanager"):
        account(endpoint_url="http://127.0.0.1:9").secret("secretsmanager").read()
