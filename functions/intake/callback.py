"""What the WeCom and the WeChat door have in common: an encrypted callback is verified, opened and kept.

Answers are plain text; `success` tells the platform not to try again. A callback of these minutes whose signature is
right but which no key opens is kept as it is and answered with an error, so that neither the bytes nor the wrong key go
unnoticed. The signature covers sorted parts without separators, so their forms are checked: else bytes of the encrypted
text could move into the nonce, and one captured callback would become many.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from functions.capture.capture import Delivery, Flag, Part
from functions.capture.event import Event
from functions.capture.tokens import endpoint_name
from functions.errors import Rejected
from functions.intake.accept import Claim, World, accept, item
from functions.web import Answer, Request, text_answer
from functions.wechat.crypto import Credentials, Opened, open_callback
from functions.wechat.envelope import Envelope
from functions.wechat.message import created_at, read_fields

LARGEST_BODY_BYTES = 1 * 2**20
WINDOW = timedelta(minutes=10)
TIMESTAMP = re.compile(r"[0-9]{10}")
NONCE = re.compile(r"[A-Za-z0-9_-]{1,32}")  # too short for the 64 characters that whole AES blocks would have to move
FORBIDDEN = frozenset({"-40001", "-40005"})  # Tencent's numbers for a wrong signature and a wrong receiveid
UNREADABLE = "-40008"  # decrypted, but not into a message: most likely another key
SUCCESS = text_answer(200, "success")

NOBODY = Credentials(tokens=(secrets.token_hex(),), keys=(), receive_ids=frozenset())
"""Stands in for an endpoint nobody configured: it fails like a wrong signature, and takes as long."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Signature, timestamp and nonce of a callback's query."""

    signature: str
    timestamp: str
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """What is kept of one callback."""

    capture: bytes = field(repr=False)
    source: str
    """The receive id, where one is proven."""
    sent_at: datetime | None
    flags: Flag
    evidence: Mapping[str, Any]
    parts: tuple[Part, ...] = field(repr=False)
    """The capture last."""

    @property
    def name(self) -> bytes:
        """What is unique about a callback. MsgId and time are not: they collide."""
        return hashlib.sha256(self.source.encode() + b"\0" + self.capture).digest()


def single(request: Request, name: str) -> str:
    """The value of a query parameter. Raises Rejected unless it is there once."""
    values = request.query.get(name, ())
    if len(values) != 1 or not values[0]:
        raise Rejected(f"send the query parameter {name} exactly once")
    return values[0]


def signed(request: Request, name: str) -> Signed:
    """Under the signature `name`, which is `msg_signature` or `signature`. Raises Rejected."""
    query = Signed(*(single(request, one) for one in (name, "timestamp", "nonce")))
    if TIMESTAMP.fullmatch(query.timestamp) is None:
        raise Rejected("-40001: timestamp is Unix time, ten digits")
    if NONCE.fullmatch(query.nonce) is None:
        raise Rejected("-40001: nonce is at most 32 letters, digits, - and _")
    return query


def refusal(refused: Rejected) -> Answer:
    return text_answer(403 if str(refused)[:6] in FORBIDDEN else 400, str(refused))


def too_large(request: Request) -> bool:
    return len(request.body) > LARGEST_BODY_BYTES


TOO_LARGE = text_answer(413, f"the body is larger than {LARGEST_BODY_BYTES} bytes")


def open_signed(encrypted: str, query: Signed, credentials: Credentials) -> Opened:
    """Raises Rejected."""
    return open_callback(
        encrypted,
        signature=query.signature,
        timestamp=query.timestamp,
        nonce=query.nonce,
        credentials=credentials,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One door's way into the archive."""

    door: str
    world: World
    now: datetime

    def take(
        self, request: Request, envelope: Envelope, *, credentials: Credentials, extra: Mapping[str, Any]
    ) -> Answer:
        """Verify, open, keep. `extra` is evidence of the door's own. Raises Rejected when nothing is kept."""
        query = signed(request, "msg_signature")
        try:
            found = opened(request, envelope, open_signed(envelope.encrypted, query, credentials))
        except Rejected as refused:
            if not str(refused).startswith(UNREADABLE) or _late(request, None, self.now):
                raise
            self.keep(request, unopened(request, envelope), extra=extra)
            return text_answer(400, f"{refused}; the encrypted body has been kept: check the EncodingAESKey")
        self.keep(request, found, extra=extra)
        return SUCCESS

    def keep(self, request: Request, callback: Callback, *, extra: Mapping[str, Any]) -> None:
        """In the queue when it returns, or known to be there from before. Raises TryLater."""
        endpoint = request.path["endpoint"]
        event = Event(source=callback.source, event_id="", event_type="", time=callback.sent_at)

        def build(claim: Claim) -> Delivery:
            whole = item(
                self.world,
                door=self.door,
                endpoint=endpoint,
                event=event,
                offset=0,
                capture=callback.capture,
                received_at=claim.received_at,
            )
            return Delivery(
                delivery_id=claim.delivery_id,
                door=self.door,
                endpoint=endpoint,
                received_at=claim.received_at,
                evidence={**callback.evidence, **extra},
                flags=callback.flags | _late(request, callback.sent_at, claim.received_at),
                items=(whole,),
                parts=callback.parts,
            )

        accept(
            self.world,
            name=callback.name,
            body=callback.capture,
            endpoint=endpoint_name(self.door, endpoint),
            build=build,
            now=self.now,
        )


def opened(request: Request, envelope: Envelope, found: Opened) -> Callback:
    evidence = {
        "receive_id": found.receive_id,
        "token": found.token,
        "key": found.key,
        "envelope": envelope.form,
    }
    return Callback(
        capture=found.message,
        source=found.receive_id,
        sent_at=created_at(read_fields(found.message) or {}),
        flags=Flag.NONE,
        evidence=evidence,
        parts=(_body(request, envelope), _plaintext(found.message)),
    )


def unopened(request: Request, envelope: Envelope) -> Callback:
    """No configured key opens it: the encrypted text, which alone is signed, stands for its capture."""
    encrypted = envelope.encrypted.encode()
    return Callback(
        capture=encrypted,
        source="",
        sent_at=None,
        flags=Flag.UNPARSED,
        evidence={"receive_id": None, "token": None, "key": None, "envelope": envelope.form},
        parts=(_body(request, envelope), Part(name="plaintext", media_type="text/plain", body=encrypted)),
    )


def in_clear(request: Request, *, token: int) -> Callback:
    """A body that came in clear: what it says is kept, and that nobody has proven it."""
    return Callback(
        capture=request.body,
        source="",
        sent_at=created_at(read_fields(request.body) or {}),
        flags=Flag.UNAUTHENTICATED,
        evidence={"receive_id": None, "token": token, "key": None, "envelope": None},
        parts=(_plaintext(request.body),),
    )


def _body(request: Request, envelope: Envelope) -> Part:
    """The plaintext inside a JSON envelope may be XML."""
    return Part(name="body", media_type=f"application/{envelope.form}", body=request.body)


def _plaintext(message: bytes) -> Part:
    media_type = "application/xml" if message.lstrip()[:1] == b"<" else "application/json"
    return Part(name="plaintext", media_type=media_type, body=message)


def _late(request: Request, sent_at: datetime | None, received_at: datetime) -> Flag:
    """Kept all the same: retries and wrong clocks exist. Late if neither time that it names is near."""
    timestamp = created_at({"CreateTime": single(request, "timestamp")})
    near = any(abs(received_at - time) <= WINDOW for time in (sent_at, timestamp) if time is not None)
    return Flag.NONE if near else Flag.LATE
