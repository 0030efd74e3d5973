r"""A firm's own clamd, asked over TCP while a file passes by: its INSTREAM command, in as few lines as it needs.

`zINSTREAM\0`, then u32 length and bytes again and again, then u32 0; the answer ends with a zero byte:
docs.clamav.net/manual/Usage/Scanning.html and clamd(8) (read 2026-11).
"""

import re
import socket
import struct
from dataclasses import dataclass
from enum import StrEnum

CONNECT_SECONDS = 5
ANSWER_SECONDS = 120
"""For each piece, and for the answer after the last."""
LARGEST_ANSWER_BYTES = 4096
UNSAFE = re.compile(r"[^A-Za-z0-9._/-]")
LONGEST_NAME = 64


class Heard(StrEnum):
    """What clamd said of one file."""

    CLEAN = "clean"
    INFECTED = "infected"
    TOO_LARGE = "too_large"
    """Larger than its StreamMaxLength: asking again changes nothing."""
    FAILED = "failed"
    """It could not be reached or did not answer as it should."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where it listens. It speaks in clear and knows no password: reach it inside the firm's network alone."""

    host: str
    port: int

    def open(self) -> "Session":
        """Never raises: what fails is said at the end."""
        return Session(self)


class Session:
    """One file on its way to clamd. Once anything fails, nothing more is sent, and clamd may still say why."""

    patience_seconds: float = ANSWER_SECONDS

    def __init__(self, endpoint: Endpoint) -> None:
        self._socket: socket.socket | None = None
        self._broken = False
        self.name = ""
        """Of what it found."""
        try:
            self._socket = socket.create_connection((endpoint.host, endpoint.port), CONNECT_SECONDS)
            self._socket.settimeout(self.patience_seconds)
            self._socket.sendall(b"zINSTREAM\0")
        except OSError:
            self._broken = True

    def feed(self, part: bytes | memoryview) -> None:
        """The next bytes, however many. None at all would end the stream."""
        if len(part):
            self._send(struct.pack(">I", len(part)), part)

    def end(self) -> Heard:
        """There are no more: what it says."""
        self._send(struct.pack(">I", 0))
        if self._socket is None:
            return Heard.FAILED
        with self._socket:
            answer = self._read(self._socket)
        return self._understand(answer)

    def _send(self, *parts: bytes | memoryview) -> None:
        if self._socket is None or self._broken:
            return
        try:
            for part in parts:
                self._socket.sendall(part)
        except OSError:
            self._broken = True

    def _read(self, connection: socket.socket) -> bytes:
        answer = b""
        try:
            while b"\0" not in answer and len(answer) < LARGEST_ANSWER_BYTES:
                part = connection.recv(LARGEST_ANSWER_BYTES)
                if not part:
                    break
                answer += part
        except OSError:
            self._broken = True
        return answer

    def _understand(self, answer: bytes) -> Heard:
        said, ended, _ = answer.partition(b"\0")
        text = said.decode("ascii", "replace")
        if ended and "size limit exceeded" in text:
            return Heard.TOO_LARGE
        if not ended or self._broken:
            return Heard.FAILED
        if text == "stream: OK":
            return Heard.CLEAN
        if text.startswith("stream: ") and text.endswith(" FOUND"):
            self.name = UNSAFE.sub("_", text.removeprefix("stream: ").removesuffix(" FOUND"))[:LONGEST_NAME]
            return Heard.INFECTED
        return Heard.FAILED
