"""HTTP as API Gateway hands it to a function: the request as values, the answer as problem+json or text."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from typing_extensions import TypedDict

from functions.errors import Fault

JSON = "application/json"
PROBLEM = "application/problem+json"  # RFC 9457 §3, read 2026-11
TEXT = "text/plain; charset=utf-8"
SAFE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class ProblemFault(TypedDict):
    """One thing to mend. Never quotes what was sent."""

    pointer: str
    detail: str


class Problem(TypedDict):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemFault]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. Header names are lowercase; every value that came is there, in order."""

    method: str
    resource: str
    """The route as the API spells it, `/wecom/{endpoint}`."""
    path: Mapping[str, str]
    """Percent-decoded once: a REST API decodes the query, but not the path."""
    headers: Mapping[str, tuple[str, ...]] = field(repr=False)
    query: Mapping[str, tuple[str, ...]] = field(repr=False)
    """Percent-decoded once."""
    body: bytes = field(repr=False)
    caller: str | None = None
    """ARN of the IAM identity that signed the request, where one did."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    status: int
    media_type: str
    body: str = field(repr=False)

    def to_proxy(self) -> dict[str, Any]:
        """The Lambda proxy integration's form."""
        return {
            "statusCode": self.status,
            "headers": {"Content-Type": self.media_type, **SAFE},
            "body": self.body,
            "isBase64Encoded": False,
        }


def read_request(event: Mapping[str, Any]) -> Request:
    """From a Lambda proxy event of a REST API (payload version 1.0)."""
    body = (event.get("body") or "").encode()
    if event.get("isBase64Encoded"):
        body = _decode(body)
    identity = event.get("requestContext", {}).get("identity") or {}
    headers: dict[str, tuple[str, ...]] = {}
    for name, values in (event.get("multiValueHeaders") or {}).items():
        headers[name.lower()] = (*headers.get(name.lower(), ()), *values)
    return Request(
        method=event["httpMethod"],
        resource=event["resource"],
        path={name: unquote(value) for name, value in (event.get("pathParameters") or {}).items()},
        headers=headers,
        query={name: tuple(values) for name, values in (event.get("multiValueQueryStringParameters") or {}).items()},
        body=body,
        caller=identity.get("userArn"),
    )


def json_answer(status: int, document: Any) -> Answer:
    return Answer(status, JSON, json.dumps(document, ensure_ascii=False))


def text_answer(status: int, text: str) -> Answer:
    return Answer(status, TEXT, text)


def problem(status: int, *, name: str, title: str, detail: str, faults: Iterable[Fault] = ()) -> Answer:
    """RFC 9457. `name` ends the problem type's URI; `faults` say where and how to mend it."""
    document = problem_document(status, name=name, title=title, detail=detail, faults=faults)
    return Answer(status, PROBLEM, json.dumps(document, ensure_ascii=False))


def problem_document(status: int, *, name: str, title: str, detail: str, faults: Iterable[Fault] = ()) -> Problem:
    """The body of `problem`, for embedding in a batch's results."""
    return {
        "type": f"urn:fengcun:problem:{name}",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": [{"pointer": fault.pointer, "detail": fault.detail} for fault in faults],
    }


def _decode(body: bytes) -> bytes:
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        return body  # not what API Gateway does; the signature will not match
