"""How much memory a large file takes, measured from outside on a process that seals one."""

import json
import subprocess
import sys

MIB = 2**20


def test_a_file_of_256_mib_is_hashed_sealed_and_sent_in_less_than_64_mib() -> None:
    command = [sys.executable, "-m", "bench.media", "seal", str(256 * MIB)]

    measured = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)

    assert 0 < measured["growth_mib"] < 64
