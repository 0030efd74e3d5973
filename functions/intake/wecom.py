"""The WeChat door: `GET|POST /wecom/{endpoint}` (developer.work.weixin.qq.com/document/path/90968, read 2026-11).

Answers are plain text; `success` tells WeCom not to try again. A body whose signature is right but which no key opens
is kept as it is and answered with an error, so that neither the bytes nor the wrong key go unnoticed.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from functions.capture.capture import Delivery, Flag, Part
from functions.capture.event import Event
from functions.capture.tokens import endpoint_name
from functions.errors import Rejected
from functions.intake.accept import Claim, World, accept, item
from functions.web import Answer, Request, text_answer
from functions.wechat.crypto import Credentials, Opened, open_callback
from functions.wechat.envelope import Envelope, read_envelope
from functions.wechat.message import created_at, read_fields

DOOR = "wecom"
LARGEST_BODY_BYTES = 1 * 2**20
WINDOW = timedelta(minutes=10)
FORBIDDEN = frozenset({"-40001", "-40005"})  # Tencent's numbers for a wrong signature and a wrong receiveid
UNREADABLE = "-40008"  # decrypted, but not into a message: most likely another key


@dataclass(frozen=True, slots=True)
class Signed:
    """The query of a callback."""

    signature: str
    timestamp: str
    nonce: str


def take(request: Request, *, world: World, endpoints: Mapping[str, Credentials], now: datetime) -> Answer:
    """Every answer WeCom can get, but for TryLater."""
    if len(request.body) > LARGEST_BODY_BYTES:
        return text_answer(413, f"the body is larger than {LARGEST_BODY_BYTES} bytes")
    try:
        signed = Signed(*(_single(request, name) for name in ("msg_signature", "timestamp", "nonce")))
        credentials = endpoints.get(request.path["endpoint"], NOBODY)
        if request.method == "GET":
            return _echo(request, signed, credentials)
        return _post(request, signed, credentials, world, now)
    except Rejected as refused:
        return text_answer(403 if str(refused)[:6] in FORBIDDEN else 400, str(refused))


NOBODY = Credentials(tokens=(secrets.token_hex(),), keys=(), receive_ids=frozenset())
"""Stands in for an endpoint nobody configured: it fails like a wrong signature, and takes as long."""


def _single(request: Request, name: str) -> str:
    values = request.query.get(name, ())
    if len(values) != 1 or not values[0]:
        raise Rejected(f"send the query parameter {name} exactly once")
    return values[0]


def _echo(request: Request, signed: Signed, credentials: Credentials) -> Answer:
    """URL check: exactly the decrypted echostr, within a second."""
    echostr = _single(request, "echostr").replace(" ", "+")  # base64 has no blanks: it was decoded as a form
    return text_answer(200, _open(echostr, signed, credentials).message.decode("utf-8", "replace"))


def _open(encrypted: str, signed: Signed, credentials: Credentials) -> Opened:
    return open_callback(
        encrypted,
        signature=signed.signature,
        timestamp=signed.timestamp,
        nonce=signed.nonce,
        credentials=credentials,
    )


def _post(request: Request, signed: Signed, credentials: Credentials, world: World, now: datetime) -> Answer:
    envelope = read_envelope(request.body)
    try:
        opened = _open(envelope.encrypted, signed, credentials)
    except Rejected as refused:
        if not str(refused).startswith(UNREADABLE):
            raise
        _keep(request, _unopened(request.body, envelope), signed, world, now)
        return text_answer(400, f"{refused}; the encrypted body has been kept: check the EncodingAESKey")
    _keep(request, _opened(opened, envelope), signed, world, now)
    return text_answer(200, "success")


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """What is kept of one callback."""

    capture: bytes
    media_type: str
    """Of the body; the plaintext inside a JSON envelope may be XML."""
    source: str
    sent_at: datetime | None
    flags: Flag
    evidence: dict[str, Any]

    @property
    def name(self) -> bytes:
        """What is unique about a callback. MsgId and time are not: they collide."""
        return hashlib.sha256(self.source.encode() + b"\0" + self.capture).digest()


def _opened(opened: Opened, envelope: Envelope) -> Callback:
    return Callback(
        capture=opened.message,
        media_type=f"application/{envelope.form}",
        source=opened.receive_id,
        sent_at=created_at(read_fields(opened.message) or {}),
        flags=Flag.NONE,
        evidence={
            "receive_id": opened.receive_id,
            "token": opened.token,
            "key": opened.key,
            "envelope": envelope.form,
        },
    )


def _unopened(body: bytes, envelope: Envelope) -> Callback:
    """No configured key opens it: the encrypted body stands for its capture."""
    return Callback(
        capture=body,
        media_type=f"application/{envelope.form}",
        source="",
        sent_at=None,
        flags=Flag.UNPARSED,
        evidence={"receive_id": None, "token": None, "key": None, "envelope": envelope.form},
    )


def _keep(request: Request, callback: Callback, signed: Signed, world: World, now: datetime) -> None:
    endpoint = request.path["endpoint"]
    event = Event(source=callback.source, event_id="", event_type="", time=callback.sent_at)
    query = {"msg_signature": signed.signature, "timestamp": signed.timestamp, "nonce": signed.nonce}

    def build(claim: Claim) -> Delivery:
        whole = item(
            world,
            door=DOOR,
            endpoint=endpoint,
            event=event,
            offset=0,
            capture=callback.capture,
            received_at=claim.received_at,
        )
        return Delivery(
            delivery_id=claim.delivery_id,
            door=DOOR,
            endpoint=endpoint,
            received_at=claim.received_at,
            evidence={**callback.evidence, "query": query},
            flags=callback.flags | _late(signed, callback.sent_at, claim.received_at),
            items=(whole,),
            parts=(
                Part(name="body", media_type=callback.media_type, body=request.body),
                Part(name="plaintext", media_type=_media_type(callback.capture), body=callback.capture),
            ),
        )

    accept(
        world,
        name=callback.name,
        body=callback.capture,
        endpoint=endpoint_name(DOOR, endpoint),
        build=build,
        now=now,
    )


def _media_type(message: bytes) -> str:
    """Of the plaintext: XML may lie inside a JSON envelope."""
    return "application/xml" if message.lstrip()[:1] == b"<" else "application/json"


def _late(signed: Signed, sent_at: datetime | None, received_at: datetime) -> Flag:
    """Kept all the same: retries and wrong clocks exist. Late if neither time that it names is near."""
    timestamp = created_at({"CreateTime": signed.timestamp})
    near = any(abs(received_at - time) <= WINDOW for time in (sent_at, timestamp) if time is not None)
    return Flag.NONE if near else Flag.LATE
