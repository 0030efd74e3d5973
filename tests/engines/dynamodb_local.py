"""Amazon DynamoDB Local: Amazon's own engine for trying DynamoDB out, on the Java of a wheel, loopback only."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from tests.engines.package import installed
from tests.engines.process import LOOPBACK, Engine, free_ports, running

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REGION = "cn-north-1"
ACCESS_KEY_ID, SECRET_ACCESS_KEY = "local", "ignored"  # it checks neither


@contextmanager
def dynamodb_local(directory: Path) -> Iterator[Engine]:
    """An empty DynamoDB in memory; fetched once, on first use. Raises EngineFailed, PackageRefused."""
    (port,) = free_ports(1)
    endpoint = f"http://{LOOPBACK}:{port}"
    runner = Path(__file__).with_name("dynamodb_runner.py")
    command = [sys.executable, "-I", str(runner), str(installed()), str(port)]
    environment = {"HOME": str(directory), "PATH": os.defpath, "DDB_LOCAL_TELEMETRY": "0"}
    with (
        closing(client(endpoint)) as dynamodb,
        running(command, directory=directory, environment=environment, ready=lambda: _answers(dynamodb)) as session,
    ):
        yield Engine(
            endpoint=endpoint, access_key_id=ACCESS_KEY_ID, secret_access_key=SECRET_ACCESS_KEY, session=session
        )


def client(endpoint: str) -> "DynamoDBClient":
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=30, max_pool_connections=32),
    )


def _answers(dynamodb: "DynamoDBClient") -> bool:
    try:
        dynamodb.list_tables()
    except BotoCoreError:
        return False
    return True
