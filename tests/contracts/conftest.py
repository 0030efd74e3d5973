"""The engines the contracts run on: each is started once, at its first use, and is gone at the end."""

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws

from tests import moto_lock, moto_sign
from tests.engines import dynamodb_local as amazon, seaweedfs
from tests.engines.process import Engine
from tests.engines.resources import REGION, Tables, locked_bucket, plain_bucket, tables as make_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with seaweedfs.seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as engine:
        yield engine


@pytest.fixture(scope="session")
def seaweed_s3(seaweed: Engine) -> "Iterator[S3Client]":
    with closing(seaweedfs.client(seaweed.endpoint)) as client:
        yield client


@pytest.fixture(scope="session")
def seaweed_vault(seaweed_s3: "S3Client") -> str:
    """A bucket with Object Lock. Tests share it and keep apart by key."""
    return locked_bucket(seaweed_s3, "vault")


@pytest.fixture(scope="session")
def seaweed_bucket(seaweed_s3: "S3Client") -> str:
    """A bucket without Object Lock, shared likewise."""
    return plain_bucket(seaweed_s3, "intake")


@pytest.fixture(scope="session")
def dynamodb_local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with amazon.dynamodb_local(tmp_path_factory.mktemp("dynamodb")) as engine:
        yield engine


@pytest.fixture(scope="session")
def local_dynamodb(dynamodb_local: Engine) -> "Iterator[DynamoDBClient]":
    with closing(amazon.client(dynamodb_local.endpoint)) as client:
        yield client


@pytest.fixture(scope="session")
def local_tables(local_dynamodb: "DynamoDBClient") -> Tables:
    """The archive's tables. Tests share them and keep apart by partition key."""
    return make_tables(local_dynamodb, "shared")


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One, because each reads the models of its services anew."""
    return boto3.Session(aws_access_key_id="moto", aws_secret_access_key="moto", region_name=REGION)


@pytest.fixture
def moto() -> Iterator[None]:
    """AWS in this process, empty. Lax where conformance matters: nothing that rests on a lock is asserted on it."""
    with mock_aws():
        moto_lock.install()
        moto_sign.install()
        yield


@pytest.fixture
def moto_s3(moto: None, session: boto3.Session) -> "S3Client":
    return session.client("s3")


@pytest.fixture
def moto_dynamodb(moto: None, session: boto3.Session) -> "DynamoDBClient":
    return session.client("dynamodb")


@pytest.fixture
def moto_kms(moto: None, session: boto3.Session) -> "KMSClient":
    return session.client("kms")


@pytest.fixture
def moto_sqs(moto: None, session: boto3.Session) -> "SQSClient":
    return session.client("sqs")


@pytest.fixture
def moto_secrets(moto: None, session: boto3.Session) -> "SecretsManagerClient":
    return session.client("secretsmanager")


@pytest.fixture
def key() -> str:
    """An object key that nobody else uses."""
    return f"segments/general/2026/11/22/{uuid4()}"


@pytest.fixture
def token() -> bytes:
    """A partition key that nobody else uses."""
    return uuid4().bytes
