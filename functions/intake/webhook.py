"""Standard Webhooks 1.0.0 (read 2026-11): who sent this request, and is it fresh.

Signed content: webhook-id | "." | webhook-timestamp | "." | body. `v1` is HMAC-SHA256, `v1a` Ed25519. The standard has
no field that names the sender, so every configured secret is tried (docs/adr/0009).
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from functions.canonical import epoch_ms
from functions.errors import Fault, Rejected
from functions.intake.endpoints import decode_secret
from functions.web import Request

TOLERANCE_SECONDS = 300  # the standard's libraries agree on five minutes
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
IDENTIFIER = re.compile(r"[!-\-/-~]{1,256}")  # printable ASCII without blank and full stop
SECONDS = re.compile(r"[0-9]{1,12}")
MOST_SIGNATURES = 8


class Unauthenticated(Rejected):
    """Nobody we know has signed this, or not recently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who signed, and the evidence of it."""

    gateway: str
    secret: int
    """Position of the secret that matched, 0 is current."""
    webhook_id: str
    webhook_timestamp: str
    webhook_signature: str


def authenticate(request: Request, gateways: Mapping[str, tuple[str, ...]], now: datetime) -> Sender:
    """Raises Rejected when a header is missing or malformed, Unauthenticated when it proves nothing."""
    webhook_id, timestamp, signature = _headers(request)
    _check_fresh(int(timestamp), now)
    content = b".".join((webhook_id.encode(), timestamp.encode(), request.body))
    given = list(_signatures(signature))
    matches = [
        (gateway, position)
        for gateway, secrets in gateways.items()
        for position, secret in enumerate(secrets)
        if _matches(secret, content, given)
    ]
    if not matches:
        detail = "no configured secret made this signature over webhook-id.webhook-timestamp.body"
        raise Unauthenticated("the signature does not match", (Fault(pointer="webhook-signature", detail=detail),))
    gateway, position = matches[0]
    return Sender(
        gateway=gateway,
        secret=position,
        webhook_id=webhook_id,
        webhook_timestamp=timestamp,
        webhook_signature=signature,
    )


def _headers(request: Request) -> tuple[str, str, str]:
    faults = []
    for name, form, expected in (
        ("webhook-id", IDENTIFIER, "1 to 256 printable ASCII characters without full stop"),
        ("webhook-timestamp", SECONDS, "Unix time in whole seconds"),
        ("webhook-signature", re.compile(r".{1,2048}"), "v1,<base64>, several separated by a blank"),
    ):
        values = request.headers.get(name, ())
        if len(values) != 1 or form.fullmatch(values[0]) is None:
            faults.append(Fault(pointer=name, detail=f"send this header once: {expected}"))
    if faults:
        raise Rejected("a Standard Webhooks header is missing or malformed", tuple(faults))
    webhook_id, timestamp, signature = (request.headers[name][0] for name in HEADERS)
    return webhook_id, timestamp, signature


def _check_fresh(timestamp: int, now: datetime) -> None:
    late = epoch_ms(now) // 1000 - timestamp
    if abs(late) > TOLERANCE_SECONDS:
        detail = (
            f"{abs(late)} s {'behind' if late > 0 else 'ahead of'} this clock, {TOLERANCE_SECONDS} s are allowed; "
            "sign each attempt anew, from a synchronised clock, in UTC (a difference of whole hours is a time zone)"
        )
        raise Unauthenticated("the request is not fresh", (Fault(pointer="webhook-timestamp", detail=detail),))


def _signatures(header: str) -> Iterator[tuple[str, bytes]]:
    for entry in header.split()[:MOST_SIGNATURES]:
        version, _, encoded = entry.partition(",")
        try:
            yield version, base64.b64decode(encoded, validate=True)
        except ValueError:  # also of text that is not ASCII, which is no binascii.Error
            continue


def _matches(secret: str, content: bytes, given: list[tuple[str, bytes]]) -> bool:
    key = decode_secret(secret)
    if secret.startswith("whpk_"):
        return any(_verifies(key, content, signature) for version, signature in given if version == "v1a")
    expected = hmac.digest(key, content, hashlib.sha256)
    return any(hmac.compare_digest(expected, signature) for version, signature in given if version == "v1")


def _verifies(key: bytes, content: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except InvalidSignature:
        return False
    return True
