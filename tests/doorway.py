"""The real intake handler behind an HTTP port of this machine, with what can go wrong on the way to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from functions.intake import handler as intake
from functions.web import Request
from tests.make import proxy

LOST, UNHEARD = "lost", "unheard"


@dataclass
class Doorway:
    """`trouble` holds what happens to the next requests, first one first: a status, `lost` before the archive saw
    the request, or `unheard` after it did. Then, and for an empty string, the archive answers."""

    url: str = ""
    trouble: list[int | str] = field(default_factory=list)
    seen: list[Request] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)

    def take(self, request: Request) -> tuple[int, str] | None:
        self.seen.append(request)
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble == LOST:
            return None
        if isinstance(trouble, int):
            return trouble, '{"title":"trouble","detail":"made for a test"}'
        answer = intake.handle(proxy(request), None)
        self.answers.append((answer["statusCode"], answer["body"]))
        return None if trouble == UNHEARD else self.answers[-1]


@contextmanager
def doorway() -> Iterator[Doorway]:
    found = Doorway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): (value,) for name, value in self.headers.items()}
            request = Request(method="POST", resource=self.path, path={}, headers=headers, query={}, body=body)
            answer = found.take(request)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer[0])
            self.send_header("content-length", str(len(answer[1].encode())))
            self.end_headers()
            self.wfile.write(answer[1].encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
