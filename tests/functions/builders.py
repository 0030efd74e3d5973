"""Builders of what rooms hand to each other: the one field that matters, everything else as it usually is."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from functions.capture.capture import Delivery, Flag, Item, Part
from functions.capture.delivery import DataKey, encryption_context
from functions.capture.tokens import IndexKey
from functions.segment import segment as segments
from functions.segment.dictionary import shipped
from functions.segment.segment import Class, Header, Plain
from functions.segment.suites import suite
from tests.make import INDEX_SECRET, NOW

ARCHIVE_ID = "test"
SEGMENT_ID = "019ab0c2-6e40-7000-8000-000000000001"
INDEX_KEY = IndexKey(INDEX_SECRET)
KLASS = Class(tier="general", retain_until=date(2046, 11, 22), erasable=False)


def make_item(capture: bytes = b"{}", **changed: Any) -> Item:
    """A capture that is the whole of its delivery's last part."""
    fields = {
        "offset": 0,
        "length": len(capture),
        "source": "//gateway-one.example/wechat",
        "event_id": "msg-1",
        "event_type": "cn.wechat.message",
        "sent_at": datetime(2026, 11, 22, 9, 29, 58, tzinfo=UTC),
        "sent_at_source": "event",
        "record_id": "ab" * 24,
    }
    return Item(**{**fields, **changed})


def make_delivery(capture: bytes = b"{}", **changed: Any) -> Delivery:
    """One gateway event alone in its request."""
    fields: dict[str, Any] = {
        "delivery_id": SEGMENT_ID,
        "door": "gateway",
        "endpoint": "gateway-one",
        "received_at": NOW,
        "evidence": {"webhook_id": "d-1", "secret": 0},
        "flags": Flag.NONE,
        "items": (make_item(capture),),
        "parts": (Part(name="body", media_type="application/json", body=capture),),
    }
    return Delivery(**{**fields, **changed})


def make_callback_delivery(plaintext: bytes, *, request_body: bytes = b"<xml/>", **changed: Any) -> Delivery:
    """One WeCom callback."""
    item = make_item(plaintext, source="ww1", event_id="", event_type="")
    parts = (
        Part(name="body", media_type="application/xml", body=request_body),
        Part(name="plaintext", media_type="application/xml", body=plaintext),
    )
    return make_delivery(**{"door": "wecom", "endpoint": "app", "items": (item,), "parts": parts, **changed})


def make_key(name: str = "key", context: dict[str, str] | None = None) -> DataKey:
    """A data key that is the same whenever it is asked for by the same name."""
    seed = hashlib.sha256(name.encode()).digest()
    return DataKey(seed, b"wrapped " + seed, encryption_context(ARCHIVE_ID) if context is None else context)


def make_plain(package: bytes = b"a package", **changed: Any) -> Plain:
    """One record before it is sealed."""
    fields = {
        "package": package,
        "sent_at_ms": 1_795_339_798_000,
        "received_at_ms": 1_795_339_800_000,
        "kind": 1,
        "flags": 0,
        "digest": hashlib.sha256(package).digest()[:8],
        "event_digest": bytes(8),
        "tokens": (hashlib.sha256(package).digest()[:16],),
    }
    return Plain(**{**fields, **changed})


def make_header(suite_name: str = "AES-256-GCM", **changed: Any) -> Header:
    """The front of a segment whose key is bound to what the rest of it says."""
    fields: dict[str, Any] = {
        "segment_id": SEGMENT_ID,
        "archive": ARCHIVE_ID,
        "created_at": NOW,
        "klass": KLASS,
        "suite": suite(suite_name),
        "dictionary_sha256_hex": shipped().sha256_hex,
        "kms_key": "arn:aws-cn:kms:cn-north-1:111122223333:key/segment",
        "wrapped_key": make_key().wrapped,
        "software": "fengcun test",
    } | changed
    context = segments.encryption_context(
        archive=fields["archive"], segment_id=fields["segment_id"], klass=fields["klass"]
    )
    return Header(**{"encryption_context": context, **fields})


def make_salts(count: int) -> list[bytes]:
    return [hashlib.sha256(b"salt %d" % at).digest() for at in range(count)]


def make_segment(plains: list[Plain], header: Header | None = None) -> bytes:
    """Under `make_key()` and `make_salts(len(plains))`."""
    return segments.write(
        header or make_header(),
        plains,
        key=make_key(),
        dictionary=shipped(),
        salts=make_salts(len(plains)),
    )
