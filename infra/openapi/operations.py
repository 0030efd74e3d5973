"""What each route is for, what it takes, and which code answers it."""

import re
import sys
from types import ModuleType
from typing import Any

from functions.capture.days import DEFAULT_DAYS, MOST_DAYS
from functions.capture.media import MD5_HEX, SHA256_HEX
from functions.capture.tokens import RECORD_ID_DIGITS
from functions.intake import callback, gateway, media, wechat, wecom
from functions.intake.webhook import IDENTIFIER, SECONDS, TOLERANCE_SECONDS
from functions.law.states import Use
from functions.retrieval.exceptions import FLAGS
from functions.retrieval.media import LARGEST_RANGE_BYTES
from functions.retrieval.scanned import ACT_ID
from infra.openapi.answers import Given, answers
from infra.openapi.deciding import deciding
from infra.openapi.operation import Operation, in_path, in_query
from infra.openapi.shapes import reference
from infra.rooms import intake, retrieval

SECRETS = ("erased", "restricted")
"""What a record may be and a receipt never tells."""
INTAKE, READING = (sys.modules[room.handle.__module__] for room in (intake.ROOM, retrieval.ROOM))


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
        "GET /memberships": _memberships(),
        "GET /exceptions/{flag}": _exceptions(),
        "GET /reports/completeness": _reports(),
        **deciding(),
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
        *(in_path(one) for one in re.findall(r"{(\w+)}", path)),
        *(in_query(one) for one in (*signed, "timestamp", "nonce")),
    )
    check = Operation(
        id=f"check{name}", summary=f"{who} checks the URL", answers=given, parameters=(*common, in_query("echostr"))
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
        answers=frozenset(answers(READING, ("_answer", "_record", "_unclean"))),
        result=reference("Record"),
        parameters=(in_path("record_id", {"pattern": f"^[0-9a-f]{{{RECORD_ID_DIGITS}}}$"}), _override(), *_uses()),
    )


def _media() -> Operation:
    largest = {"type": "integer", "minimum": 1, "maximum": LARGEST_RANGE_BYTES}
    parts = (
        in_query("offset", {"type": "integer", "minimum": 0}),
        in_query("length", largest),
    )
    return Operation(
        id="readMedia",
        summary="Read a part of a media file",
        answers=frozenset(answers(READING, ("_answer", "_media", "_unclean"))),
        result=reference("MediaPart"),
        parameters=(
            in_path("sha256", {"pattern": f"^({SHA256_HEX.pattern}|{MD5_HEX.pattern})$"}),
            *({**part, "required": False} for part in parts),
            _override(),
            *_uses(),
        ),
    )


def _override() -> dict[str, Any]:
    """Of what the scan did not find clean."""
    return in_query("override", {"pattern": f"^{ACT_ID.pattern}$"}) | {"required": False}


def _uses() -> tuple[dict[str, Any], ...]:
    """Of what may be restricted."""
    act = {"description": "of a statutory use: the approved override"}
    return (
        in_query("use", {"enum": [Use.READ, Use.STATUTORY]}) | {"required": False},
        in_query("act", {"pattern": f"^{ACT_ID.pattern}$"}) | {"required": False, **act},
    )


def _receipts() -> Operation:
    sent = in_query("sent", {"format": "date-time"}) | {
        "required": False,
        "description": "when it was sent, if not today",
    }
    return Operation(
        id="readReceipts",
        summary="Whether a delivered event is in the vault",
        answers=frozenset(given for given in answers(READING, ("_answer", "_receipt")) if given.name not in SECRETS),
        result=reference("Receipts"),
        parameters=(in_path("gateway"), in_path("event_id"), sent),
    )


def _memberships() -> Operation:
    asked = {
        "conversation": ("a conversation's id; or", {}),
        "account": ("an account's id", {}),
        "at": ("who was in the conversation then, and the nearest messages", {"format": "date-time"}),
    }
    return Operation(
        id="readMemberships",
        summary="Who was in which conversation, from when until when",
        answers=frozenset(given for given in answers(READING, ("_answer", "_memberships")) if given.name != "erased"),
        result=reference("Memberships"),
        parameters=tuple(
            in_query(name, schema) | {"required": False, "description": says} for name, (says, schema) in asked.items()
        ),
    )


def _exceptions() -> Operation:
    return Operation(
        id="readExceptions",
        summary="Records of one day that somebody must look at, by their flag",
        answers=frozenset(given for given in answers(READING, ("_answer", "_exceptions")) if given.name != "erased"),
        result=reference("Exceptions"),
        parameters=(in_path("flag", {"enum": sorted(FLAGS)}), in_query("day", {"format": "date"})),
    )


def _reports() -> Operation:
    days = in_query("days", {"type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": DEFAULT_DAYS})
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
