"""What a restart keeps, and whether plain HTTP counts as encrypted."""

import os
import signal
import subprocess
import time
from pathlib import Path

from local.emulator import running
from tests.local.conftest import Cloud, place
from tests.local.probes import DONE, deny, lock, locked_bucket, outcome

DENIED = "AccessDenied"


def put_locked(cloud: Cloud) -> dict[str, str]:
    s3 = cloud.client("s3")
    bucket = locked_bucket(s3)
    version: str = s3.put_object(Bucket=bucket, Key="k", Body=b"x", **lock())["VersionId"]
    return {"Bucket": bucket, "Key": "k", "VersionId": version}


def delete(cloud: Cloud, version: dict[str, str]) -> str:
    s3 = cloud.client("s3")
    return outcome(lambda: s3.delete_object(**version))


def make_queue(cloud: Cloud) -> None:
    cloud.client("sqs").create_queue(QueueName="kept")


def has_queue(cloud: Cloud) -> bool:
    return bool(cloud.client("sqs").list_queues().get("QueueUrls"))


def put_over_http(cloud: Cloud) -> str:
    bucket = locked_bucket(cloud.client("s3"))
    deny(cloud.client("s3"), bucket, "s3:*", {"Bool": {"aws:SecureTransport": "false"}})
    someone = cloud.user().client("s3")
    return outcome(lambda: someone.put_object(Bucket=bucket, Key="k", Body=b"x"))


def kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_ministack_forgets_locks_and_unsaved_state(tmp_path: Path) -> None:
    here = place(tmp_path)
    with running(here, module="ministack"):
        cloud = Cloud(place=here)
        version, transport = put_locked(cloud), put_over_http(cloud)
    with running(here, module="ministack") as process:
        after_restart = delete(cloud, version)
        make_queue(cloud)
        kill(process)
    with running(here, module="ministack"):
        kept = has_queue(cloud)

    assert (transport, after_restart, kept) == (DENIED, DONE, False)


def test_our_launcher_keeps_both(tmp_path: Path) -> None:
    here = place(tmp_path)
    with running(here, FENGCUN_SAVE_SECONDS="0.5", FENGCUN_LOOPBACK_TLS="0") as process:
        cloud = Cloud(place=here)
        version, strict_transport = put_locked(cloud), put_over_http(cloud)
        make_queue(cloud)
        time.sleep(2)
        kill(process)
    with running(here):
        after_kill, kept, transport = delete(cloud, version), has_queue(cloud), put_over_http(cloud)
    with running(here):
        after_restart = delete(cloud, version)

    assert (after_kill, after_restart, kept) == (DENIED, DENIED, True)
    assert (strict_transport, transport) == (DENIED, DONE)
