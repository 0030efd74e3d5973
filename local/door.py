"""The door of the local archive: a second listener whose paths are the API's own.

A caller signs `http://127.0.0.1:8600/records/…`; ministack serves the API under `/restapis/<id>/<stage>/…`. The door
rewrites where a request is routed and leaves what was signed as it came, so that ministack verifies the caller's own
signature. Nothing else is reachable through it.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

OWN_PATHS = ("/_ministack/", "/_localstack/")
HEALTH = frozenset({"/_ministack/health", "/_ministack/ready", "/_localstack/health"})
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def write_route(file: Path, *, api_id: str, stage: str) -> None:
    """Tell a running door which API it leads to; it looks on every request."""
    waiting = file.with_suffix(".new")
    waiting.write_text(f"/restapis/{api_id}/{stage}/_user_request_", encoding="ascii")
    waiting.replace(file)


def read_route(file: Path) -> str | None:
    """The path under which the API is served, or None before the first deployment."""
    return file.read_text("ascii") if file.exists() else None


def routed(scope: Scope, route: str) -> Scope:
    """The scope of the same request under `route`, its path as the client sent it.

    A REST API hands the function its path parameters still percent-encoded (ministack decodes them), so the routed
    path is the raw one. `raw_path`, the headers and the query stay: the signature was made over them.
    """
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return {**scope, "path": route + raw.decode("ascii")}


def is_the_emulators_own(path: str) -> bool:
    """Whether a path steers the emulator itself: `POST /_ministack/reset` empties it, and wants no signature."""
    return path.startswith(OWN_PATHS) and path not in HEALTH


async def _refuse(send: Send, status: int, title: str) -> None:
    """Answer as the API itself would put it: a problem document."""
    problem = {"type": "about:blank", "title": title, "status": status}
    headers = [(b"content-type", b"application/problem+json"), (b"retry-after", b"5")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})


def with_door(emulator: Application, *, port: int, route_file: Path) -> Application:
    """The API alone on `port`; on every other the emulator, but for what steers it."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await emulator(scope, receive, send)
        elif scope["server"][1] != port:
            if is_the_emulators_own(scope["path"]):
                await _refuse(send, 403, "Closed: it would change the archive without asking who you are")
            else:
                await emulator(scope, receive, send)
        elif route := read_route(route_file):
            await emulator(routed(scope, route), receive, send)
        else:
            await _refuse(send, 503, "Not deployed yet")

    return application
