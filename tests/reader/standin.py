"""An HTTP server on this machine in the place of the archive and CloudFormation; checks SigV4 by its own arithmetic."""

import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit
from xml.sax.saxutils import escape

SECRET_KEY = "example-secret-key"


@dataclass
class Standin:
    """What to answer, and what was asked."""

    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Body and status by path and query; asked for something else, it says 404."""
    stacks: dict[str, dict[str, str] | str] = field(default_factory=dict)
    """Outputs by stack name, or the code of the error that CloudFormation gives."""
    asked: list[str] = field(default_factory=list)
    posted: list[tuple[str, Any]] = field(default_factory=list)
    """Path and JSON body of every signed POST."""
    url: str = ""

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes = b"") -> tuple[int, str]:
        self.asked.append(handler.path)
        if not signed_by(SECRET_KEY, handler, body):
            return 403, '{"message":"The request signature we calculated does not match"}'
        if body:
            self.posted.append((handler.path, json.loads(body)))
        return self.answers.get(handler.path, (404, '{"title":"Not found","detail":"nothing here"}'))

    def describe(self, body: str) -> tuple[int, str]:
        outputs = self.stacks.get(dict(parse_qsl(body))["StackName"], "ValidationError")
        if isinstance(outputs, str):
            code = escape(outputs)
            return (
                400,
                f"<ErrorResponse><Error><Code>{code}</Code><Message>says {code}</Message></Error></ErrorResponse>",
            )
        members = "".join(
            f"<member><OutputKey>{escape(key)}</OutputKey><OutputValue>{escape(value)}</OutputValue></member>"
            for key, value in outputs.items()
        )
        stack = f"<member><StackName>x</StackName><Outputs>{members}</Outputs></member>"
        result = f"<DescribeStacksResult><Stacks>{stack}</Stacks></DescribeStacksResult>"
        return 200, f"<DescribeStacksResponse>{result}</DescribeStacksResponse>"


def signed_by(secret_key: str, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
    """Signature Version 4 as its documentation computes it, service execute-api."""
    algorithm, _, rest = handler.headers.get("authorization", "").partition(" ")
    given = dict(item.strip().split("=", 1) for item in rest.split(",") if item)
    if algorithm != "AWS4-HMAC-SHA256":
        return False
    scope = given["Credential"].split("/", 1)[1]
    canonical = _canonical(handler, given["SignedHeaders"], body)
    text = "\n".join((algorithm, handler.headers["x-amz-date"], scope, sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{secret_key}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    return "/execute-api/" in scope and hmac.compare_digest(key.hex(), given["Signature"])


def _canonical(handler: BaseHTTPRequestHandler, names: str, body: bytes) -> str:
    parts = urlsplit(handler.path)
    query = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(parts.query))
    headers = "".join(f"{name}:{handler.headers[name].strip()}\n" for name in names.split(";"))
    asked = "&".join(f"{name}={value}" for name, value in query)
    path = quote(parts.path, safe="/-_.~")
    return "\n".join((handler.command, path, asked, headers, names, sha256(body).hexdigest()))


@contextmanager
def standing_in() -> Iterator[Standin]:
    standin = Standin()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(*standin.answer(self))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self._send(*(standin.describe(body.decode()) if self.path == "/" else standin.answer(self, body)))

        def _send(self, status: int, body: str) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    standin.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield standin
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
