"""What each route is for, what it takes, and which code answers it."""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from functions.capture.days import DEFAULT_DAYS, MOST_DAYS
from functions.capture.media import MD5_HEX, SHA256_HEX
from functions.capture.tokens import RECORD_ID_DIGITS
from functions.intake import callback, gateway, media, wechat, wecom
from functions.intake.webhook import IDENTIFIER, SECONDS, TOLERANCE_SECONDS
from functions.retrieval.media import LARGEST_RANGE_BYTES
from functions.retrieval.scanned import ACT_ID
from infra.openapi.answers import Given, answers
from infra.openapi.shapes import reference
from infra.rooms import intake, retrieval

INTAKE, READING = (sys.modules[room.handle.__module__] for room in (intake.ROOM, retrieval.ROOM))


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path."""

    id: str
    summary: str
    answers: frozenset[Given]
    result: Mapping[str, Any] = field(default_factory=dict)
    """Schema of its JSON answer."""
    parameters: Sequence[Mapping[str, Any]] = ()
    body: Mapping[str, Any] | None = None
    webhook: bool = False
    """Whether the sender signs as Standard Webhooks say."""


def operations() -> dict[str, Operation]:
    """By method and path, `GET /records/{record_id}`."""
    return {
        "POST /captures": _captures(),
        **_callbacks(wecom, "/wecom/{endpoint}", "WeCom", ("msg_signature",)),
        **_callbacks(wechat, "/wechat/{endpoint}", "WeChat", ("signature",)),
        **_callbacks(wechat, "/wechat/{endpoint}/{appid}", "WeChat, for a component's account,", ("signature",)),
        "GET /records/{record_id}": _record(),
        "GET /receipts/{gateway}/{event_id}": _receipts(),
        "POST /media": _announce(),
        "GET /media/{sha256}": _media(),
        "GET /reports/completeness": _reports(),
    }


def _captures() -> Operation:
    kinds = {"application/cloudevents+json": "CloudEvent", "application/cloudevents-batch+json": "CloudEvents"}
    return Operation(
        id="deliver",
        summary="Deliver captures",
        answers=frozenset(_not_text(answers(gateway) | answers(INTAKE))),
        result=reference("Results"),
        parameters=_signed(),
        body={
            "required": True,
            "description": f"at most {gateway.LARGEST_BODY_BYTES} bytes",
            "content": {kind: {"schema": reference(kinds[kind])} for kind in gateway.READERS},
        },
        webhook=True,
    )


def _announce() -> Operation:
    return Operation(
        id="announceMedia",
        summary="Announce a media file, and be permitted to upload it",
        answers=frozenset(_not_text(answers(media) | answers(INTAKE))),
        result=reference("Announced"),
        parameters=_signed(),
        body={"required": True, "content": {"application/json": {"schema": reference("Announcement")}}},
        webhook=True,
    )


def _signed() -> tuple[dict[str, Any], ...]:
    return (
        _header("webhook-id", IDENTIFIER.pattern, "names this body for ever; the same for every attempt"),
        _header("webhook-timestamp", SECONDS.pattern, f"Unix seconds of this attempt, within {TOLERANCE_SECONDS}"),
    )


def _callbacks(door: ModuleType, path: str, who: str, signed: tuple[str, ...]) -> dict[str, Operation]:
    """The URL check and the callback of one path."""
    given = frozenset(one for one in answers(callback) | answers(door) | answers(INTAKE) if one.form == "text")
    name = re.sub(r"\W", "", path.title())
    common = (
        *(_path(one) for one in re.findall(r"{(\w+)}", path)),
        *(_query(one) for one in (*signed, "timestamp", "nonce")),
    )
    check = Operation(
        id=f"check{name}", summary=f"{who} checks the URL", answers=given, parameters=(*common, _query("echostr"))
    )
    post = Operation(
        id=f"post{name}", summary=f"{who} posts a callback", answers=given, parameters=common, body=_callback_body()
    )
    return {f"GET {path}": check, f"POST {path}": post}


def _callback_body() -> dict[str, Any]:
    content = {kind: {"schema": {"type": "string"}} for kind in ("text/xml", "application/json")}
    return {"required": True, "description": f"at most {callback.LARGEST_BODY_BYTES} bytes", "content": content}


def _record() -> Operation:
    return Operation(
        id="readRecord",
        summary="Read one record, with its lock as S3 reports it",
        answers=frozenset(answers(READING, ("_answer", "_record"))),
        result=reference("Record"),
        parameters=(_path("record_id", {"pattern": f"^[0-9a-f]{{{RECORD_ID_DIGITS}}}$"}),),
    )


def _media() -> Operation:
    largest = {"type": "integer", "minimum": 1, "maximum": LARGEST_RANGE_BYTES}
    parts = (
        _query("offset", {"type": "integer", "minimum": 0}),
        _query("length", largest),
        _query("override", {"pattern": f"^{ACT_ID.pattern}$"}),
    )
    return Operation(
        id="readMedia",
        summary="Read a part of a media file",
        answers=frozenset(answers(READING, ("_answer", "_media"))),
        result=reference("MediaPart"),
        parameters=(
            _path("sha256", {"pattern": f"^({SHA256_HEX.pattern}|{MD5_HEX.pattern})$"}),
            *({**part, "required": False} for part in parts),
        ),
    )


def _receipts() -> Operation:
    sent = _query("sent", {"format": "date-time"}) | {
        "required": False,
        "description": "when it was sent, if not today",
    }
    return Operation(
        id="readReceipts",
        summary="Whether a delivered event is in the vault",
        answers=frozenset(given for given in answers(READING, ("_answer", "_receipt")) if given.name != "erased"),
        result=reference("Receipts"),
        parameters=(_path("gateway"), _path("event_id"), sent),
    )


def _reports() -> Operation:
    days = _query("days", {"type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": DEFAULT_DAYS})
    return Operation(
        id="readCompletenessReports",
        summary="The signed daily reports of what is missing",
        answers=frozenset(answers(READING, ("_answer", "_reports"))),
        result=reference("Reports"),
        parameters=({**days, "required": False},),
    )


def _not_text(given: set[Given]) -> set[Given]:
    return {one for one in given if one.form != "text"}


def _header(name: str, pattern: str, description: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": f"^{pattern}$"}
    return {"name": name, "in": "header", "required": True, "description": description, "schema": schema}


def _path(name: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", **(schema or {})}}


def _query(name: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": True, "schema": {"type": "string", **(schema or {})}}
