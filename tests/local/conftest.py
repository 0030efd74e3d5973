"""Two emulators for the tests of this folder: ministack as it is published, and ours with its gaps closed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

from local.emulator import REGION, ROOT_KEY, Place, free_port, running

_CONFIG = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Credentials against one emulator."""

    endpoint: str
    access_key_id: str
    secret_access_key: str

    def client(self, service: str) -> Any:
        return boto3.Session().client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            config=_CONFIG,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One running emulator."""

    place: Place

    @property
    def root(self) -> Caller:
        return Caller(endpoint=self.place.endpoint, access_key_id=ROOT_KEY, secret_access_key=ROOT_KEY)

    def client(self, service: str) -> Any:
        return self.root.client(service)

    def user(self, *statements: dict[str, Any]) -> Caller:
        """A new IAM user who may do exactly what the statements say; everything when there are none."""
        iam, name = self.client("iam"), f"user-{uuid4().hex[:8]}"
        allowed = statements or ({"Effect": "Allow", "Action": "*", "Resource": "*"},)
        iam.create_user(UserName=name)
        document = json.dumps({"Version": "2012-10-17", "Statement": allowed})
        iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Caller(
            endpoint=self.place.endpoint,
            access_key_id=key["AccessKeyId"],
            secret_access_key=key["SecretAccessKey"],
        )


def place(folder: Path) -> Place:
    folder.mkdir(parents=True, exist_ok=True)
    return Place(data=folder, port=free_port(), door_port=free_port())


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """ministack as it is published."""
    here = place(tmp_path_factory.mktemp("plain"))
    with running(here, module="ministack"):
        yield Cloud(place=here)


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """ministack as `local.launcher` starts it."""
    here = place(tmp_path_factory.mktemp("closed"))
    with running(here):
        yield Cloud(place=here)
