"""A deployment in miniature: secrets and tables on moto, the API and CloudFormation on a stand-in."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.reader.standin import SECRET_KEY, Standin, standing_in


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Iterator[Standin]:
    """A `trial` deployment with nothing configured; its door and CloudFormation answer on this machine."""
    with standing_in() as standin, mock_aws(config={"core": {"mock_credentials": False}}):
        for name, value in {
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": "cn-north-1",
            "AWS_ENDPOINT_URL_CLOUDFORMATION": standin.url,
            "AWS_ENDPOINT_URL_LAMBDA": standin.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
            "NO_PROXY": "127.0.0.1",
        }.items():
            monkeypatch.setenv(name, value)
        for name in ("FENGCUN_DEPLOYMENT", "AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
            monkeypatch.delenv(name, raising=False)
        standin.stacks["Fengcun-trial-Records"] = _records()
        standin.stacks["Fengcun-trial-Flow"] = {"Door": f"{standin.url}/v1/"}
        yield standin


def _records() -> dict[str, str]:
    secrets = boto3.client("secretsmanager")
    empty = secrets.create_secret(Name="endpoints", SecretString='{"gateways":{},"wecom":{}}')["ARN"]
    index = secrets.create_secret(Name="index", SecretString="k" * 64)["ARN"]
    boto3.client("dynamodb").create_table(
        TableName="custodians",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "token", "KeyType": "HASH"},
            {"AttributeName": "valid_from", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "token", "AttributeType": "B"},
            {"AttributeName": "valid_from", "AttributeType": "S"},
        ],
    )
    return {"EndpointsSecret": empty, "IndexSecret": index, "CustodiansTable": "custodians"}


@pytest.fixture
def stored_endpoints(archive: Standin) -> Any:
    """A function that reads the endpoints secret as intake would."""
    return lambda: json.loads(boto3.client("secretsmanager").get_secret_value(SecretId="endpoints")["SecretString"])


@pytest.fixture
def stored_custodians(archive: Standin) -> Any:
    """A function that reads every custodian as the archive room would."""
    return lambda: boto3.client("dynamodb").scan(TableName="custodians")["Items"]
