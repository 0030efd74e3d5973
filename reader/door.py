"""The archive's own API, as a person asks it: signed requests, answers in JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

import urllib3

from reader.errors import CommandError, Misused, NoAnswer, Refused, Unproven

TAMPERED = "urn:fengcun:problem:tampered"
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
RETRY = urllib3.Retry(
    total=2,
    backoff_factor=0.2,
    status_forcelist=(429, 502, 503, 504),
    allowed_methods=("GET", "POST"),  # what is posted has an id of its own, and comes to the same however often
    raise_on_status=False,
    redirect=False,
)
NO: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "not found",
    HTTPStatus.CONFLICT: "decided otherwise",
    HTTPStatus.GONE: "gone",
}
TIMEOUT = urllib3.Timeout(connect=10, read=35)  # API Gateway answers within 29 s, or with 504


def path_of(*segments: str) -> str:
    """A URL path with every segment percent-encoded, slashes inside a segment too."""
    return "".join("/" + quote(segment, safe="") for segment in segments)


class Sign(Protocol):
    def __call__(self, url: str, *, method: str = "GET", body: bytes = b"") -> dict[str, str]:
        """Headers that carry the person's signature."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where to ask, and how to sign the question."""

    url: str
    sign: Sign
    http: urllib3.PoolManager

    def get(self, path: str, query: Mapping[str, str]) -> str:
        """The body of the 200 answer, a JSON object as text.

        Raises Refused (401, 403, 404, 409, 410), Misused (400, 413, 422), Unproven (the archive found tampering),
        NoAnswer (all else, and no connection).
        """
        return self._ask("GET", path + ("?" + urlencode(query, quote_via=quote) if query else ""), b"")

    def post(self, path: str, body: bytes) -> str:
        """As `get`, of a JSON document that is sent."""
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: bytes) -> str:
        url = checked(self.url) + path
        headers = self.sign(url, method=method, body=body)
        try:
            answer = self.http.request(method, url, body=body or None, headers=headers, retries=RETRY, timeout=TIMEOUT)
        except urllib3.exceptions.HTTPError as error:
            raise NoAnswer(f"cannot reach the door at {self.url}: {_root(error)}") from error
        told = answer.data.decode("utf-8", "replace")
        if answer.status != HTTPStatus.OK:
            raise _no(answer.status, _object(told))
        if not _object(told):
            raise NoAnswer(f"what answers at {self.url} is not the archive's API")
        return told


def checked(url: str) -> str:
    """The door's URL without a trailing slash. Raises Misused if captures would travel in clear."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return url.rstrip("/")
    raise Misused(f"--door must be an https:// URL, or http:// on this machine; it is {url!r}")


def _root(error: BaseException) -> str:
    reason = getattr(error, "reason", None)
    return str(reason if reason is not None else error)


def _object(body: str) -> dict[str, Any]:
    """The JSON object in `body`; empty if there is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _sentence(told: Mapping[str, Any]) -> str:
    """The reason in an RFC 9457 problem, or in API Gateway's own `message`."""
    reasons = (told.get(name) for name in ("detail", "title", "message", "Message"))
    errors = [f"{error.get('pointer')}: {error.get('detail')}" for error in told.get("errors", [])]
    return "; ".join([str(next(filter(None, reasons), "no reason given")), *errors])


def _no(status: int, told: Mapping[str, Any]) -> CommandError:
    reason = _sentence(told)
    if told.get("type") == TAMPERED:
        return Unproven(f"evidence does not verify: {reason}")
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Refused(f"refused ({status}): {reason} (does your role allow execute-api:Invoke on this path?)")
    if status in NO:
        return Refused(f"{NO[status]}: {reason}")
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}:
        return Misused(f"refused ({status}): {reason}")
    return NoAnswer(f"the archive could not answer ({status}): {reason}")
