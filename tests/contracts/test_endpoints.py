"""The endpoints' secret: what an operator writes is what intake reads, a minute later at most."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from functions.intake.aws import ENDPOINTS_LIFE, EndpointsSecret
from functions.intake.endpoints import Configuration

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

INITIAL = '{"gateways":{},"wecom":{}}'  # as the Records stack leaves it
FILE = """
[[gateway]]
id = "gateway-one"
secrets = ["whsec_QSBzZWNyZXQgb2YgdGhpcnR5LXR3byBieXRlcy4uLg=="]

[[wecom]]
id = "app-one"
kind = "app"
tokens = ["aToken"]
keys = ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"]
receive_ids = ["ww0123456789abcdef"]
"""


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def arn(moto_secrets: "SecretsManagerClient") -> str:
    return moto_secrets.create_secret(Name="endpoints", SecretString=INITIAL)["ARN"]


def test_a_new_deployment_lets_nobody_deliver(moto_secrets: "SecretsManagerClient", arn: str) -> None:
    known = EndpointsSecret(moto_secrets, arn, Clock()).load()

    assert (known.gateways, known.wecom) == ({}, {})


def test_who_may_deliver_is_read_as_the_operator_wrote_it(moto_secrets: "SecretsManagerClient", arn: str) -> None:
    written = Configuration.from_toml(FILE, name="archive.toml")
    moto_secrets.put_secret_value(SecretId=arn, SecretString=written.endpoints_secret())

    known = EndpointsSecret(moto_secrets, arn, Clock()).load()

    assert known.gateways == {one.id: one.secrets for one in written.gateway}
    assert known.wecom == {one.id: one.credentials() for one in written.wecom}


def test_a_rotated_secret_is_seen_after_a_minute_at_most(moto_secrets: "SecretsManagerClient", arn: str) -> None:
    clock = Clock()
    endpoints = EndpointsSecret(moto_secrets, arn, clock)
    before = endpoints.load()
    rotated = Configuration.from_toml(FILE, name="archive.toml").endpoints_secret()
    moto_secrets.put_secret_value(SecretId=arn, SecretString=rotated)

    clock.now += ENDPOINTS_LIFE
    within_the_minute = endpoints.load()
    clock.now += timedelta(seconds=1)

    assert timedelta(minutes=1) == ENDPOINTS_LIFE
    assert within_the_minute == before
    assert set(endpoints.load().gateways) == {"gateway-one"}
