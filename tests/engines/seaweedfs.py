"""SeaweedFS: a second, independent S3 whose locks, checksums and signatures are real."""

import json
import sysconfig
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.engines.process import LOOPBACK, Engine, free_ports, running

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REGION = "cn-north-1"
ACCESS_KEY_ID, SECRET_ACCESS_KEY = "seaweedfs", "a secret of this machine alone"
PARTS = ("master", "volume", "filer", "s3", "admin")
# Without its key store SeaweedFS answers 500 to SSE-KMS; keys come into being when they are named.
CONFIGURATION = {
    "identities": [
        {
            "name": "archive",
            "credentials": [{"accessKey": ACCESS_KEY_ID, "secretKey": SECRET_ACCESS_KEY}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
    ],
    "kms": {
        "default_provider": "local",
        "providers": {"local": {"type": "local", "enableOnDemandCreate": True}},
        "buckets": {},
    },
}


@contextmanager
def seaweedfs(directory: Path) -> Iterator[Engine]:
    """An empty S3 that can already store. Its files stay in `directory`. Raises EngineFailed."""
    names = [f"{part}.port{kind}" for part in PARTS for kind in ("", ".grpc")]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    (directory / "s3.json").write_text(json.dumps(CONFIGURATION))
    endpoint = f"http://{LOOPBACK}:{ports['s3.port']}"
    command = [_binary(), "mini", *_options(directory), *(f"-{name}={port}" for name, port in ports.items())]
    environment = {"HOME": str(directory), "TMPDIR": str(directory)}  # no credentials of ours may become its own
    with closing(client(endpoint)) as s3:
        try:
            with running(
                command, directory=directory, environment=environment, ready=lambda: _can_store(s3)
            ) as session:
                yield Engine(
                    endpoint=endpoint,
                    access_key_id=ACCESS_KEY_ID,
                    secret_access_key=SECRET_ACCESS_KEY,
                    session=session,
                )
        finally:
            for part in PARTS:  # a killed SeaweedFS leaves its sockets behind
                Path(f"/tmp/seaweedfs-{part}-grpc-{ports[f'{part}.port.grpc']}.sock").unlink(missing_ok=True)  # noqa: S108  # its own choice


def client(endpoint: str, *, secret_access_key: str = SECRET_ACCESS_KEY) -> "S3Client":
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=secret_access_key,
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=30),
    )


def _options(directory: Path) -> list[str]:
    return [
        f"-dir={directory}",
        f"-ip={LOOPBACK}",
        f"-ip.bind={LOOPBACK}",  # the default is every interface
        f"-s3.config={directory / 's3.json'}",
        f"-s3.localSocket={directory / 's3.sock'}",
        f"-filer.localSocket={directory / 'filer.sock'}",
        "-s3.autoCreateBucket=false",  # or a bucket that is missing appears, without a lock
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-webdav=false",
        "-admin.ui=false",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=400",  # each bucket takes volumes of its own
    ]


def _binary() -> str:
    return str(Path(sysconfig.get_path("scripts")) / "weed")


def _can_store(s3: "S3Client") -> bool:
    """It answers before it can store: only a PUT tells."""
    try:
        s3.create_bucket(Bucket="readiness")
    except s3.exceptions.BucketAlreadyExists:
        pass
    except (BotoCoreError, ClientError):
        return False
    try:
        s3.put_object(Bucket="readiness", Key="probe", Body=b"1")
    except (BotoCoreError, ClientError):
        return False
    return True
