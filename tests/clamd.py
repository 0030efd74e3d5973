"""A clamd of our own on this machine's loopback: its INSTREAM command as the manual tells it, and its bad days."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from functions.malware.clamd import Endpoint
from tests.media_files import EICAR

COMMAND = b"zINSTREAM\0"
REFUSAL = b"INSTREAM size limit exceeded. ERROR\0"


@dataclass
class Clamd:
    """`answer` is given in place of what it finds; None closes without a word."""

    endpoint: Endpoint = field(default_factory=lambda: Endpoint("127.0.0.1", 0))
    largest: int = 2**40
    answer: bytes | None = b""
    silent: bool = False
    seen: list[bytes] = field(default_factory=list)

    def talk(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        if stream.read(len(COMMAND)) != COMMAND:
            return
        body = b""
        while (length := struct.unpack(">I", stream.read(4).rjust(4, b"\0"))[0]) != 0:
            if len(body) + length > self.largest:
                connection.sendall(REFUSAL)
                return
            body += stream.read(length)
        self.seen.append(body)
        if self.silent:
            stream.read(1)
        elif self.answer is not None:
            connection.sendall(self.answer or self.judge(body))

    def judge(self, body: bytes) -> bytes:
        return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in body else b"stream: OK\0"


@contextmanager
def clamd(**changed: object) -> Iterator[Clamd]:
    found = Clamd(**changed)  # type: ignore[arg-type]  # its own fields
    server = socket.create_server(("127.0.0.1", 0))
    found.endpoint = Endpoint("127.0.0.1", server.getsockname()[1])

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                found.talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)
