"""The SDK, out of process: one call each, with a time limit, since it can crash or hang on a single message.

The firm's layer brings an executable (README, "Pulling WeCom's chat archive"):

    wecom-finance getchatdata --seq N --limit L   stdin {"corpid", "secret"}             stdout the JSON of GetChatData
    wecom-finance decrypt                         stdin {"encrypt_key", "encrypt_msg"}   stdout the plaintext, exactly

Exit status 0, or 100 plus the last two digits of the SDK's error code: 108 for 10008. Secrets pass through stdin
alone.
"""

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

CRASHED, HUNG, GARBAGE, BROKEN = "crashed", "hung", "garbage", "broken"
"""What can happen besides the SDK's own error codes: died of a signal, ran out of time, said nothing that can be read,
ended with a status that means nothing."""
FIRST_STATUS, LAST_STATUS, FIRST_CODE = 100, 111, 10_000
# The codes 10000 to 10011: developer.work.weixin.qq.com/document/path/91552 (read 2026-11)
PASSING = frozenset({"10001", "10002", "10003", CRASHED, HUNG, GARBAGE})
"""What may be otherwise the next time: network, parsing, system call."""
SURROUNDINGS = {"PATH": "/opt/bin:/usr/bin:/bin", "LD_LIBRARY_PATH": "/opt/lib:/lib64:/usr/lib64", "LANG": "C.UTF-8"}
"""All the environment the executable gets: above all not the function's AWS credentials."""


class Failed(Exception):
    """A call gave nothing. `reason` is an SDK error code or one of the words above, never content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Executable:
    """The firm's executable and what it signs in with."""

    path: str
    corp_id: str
    secret: str = field(repr=False)
    timeout_seconds: float

    def chat_data(self, seq: int, limit: int) -> bytes:
        """GetChatData: messages behind `seq`. Raises Failed."""
        arguments = ("getchatdata", "--seq", str(seq), "--limit", str(limit))
        return self._run(arguments, {"corpid": self.corp_id, "secret": self.secret})

    def decrypt(self, key: str, message: str) -> bytes:
        """DecryptData of one message. Raises Failed."""
        return self._run(("decrypt",), {"encrypt_key": key, "encrypt_msg": message})

    def _run(self, arguments: tuple[str, ...], given: Mapping[str, str]) -> bytes:
        with subprocess.Popen(  # noqa: S603 - the path is configuration, the arguments are numbers
            [self.path, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # may hold content
            env=SURROUNDINGS,
            start_new_session=True,
        ) as process:
            try:
                answer, _ = process.communicate(json.dumps(given).encode(), self.timeout_seconds)
            except subprocess.TimeoutExpired as error:
                os.killpg(process.pid, signal.SIGKILL)  # with whatever it started
                raise Failed(HUNG) from error
        if process.returncode:
            raise Failed(_reason(process.returncode))
        return answer


def _reason(status: int) -> str:
    if status < 0:
        return CRASHED
    if FIRST_STATUS <= status <= LAST_STATUS:
        return str(FIRST_CODE + status - FIRST_STATUS)
    return BROKEN
