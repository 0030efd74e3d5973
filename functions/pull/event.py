"""A fetched message as a capture: the same CloudEvent a gateway would deliver. The same message, the same bytes."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.canonical import from_epoch_ms, moment_text
from functions.capture.event import Event
from functions.pull.page import Encrypted
from functions.pull.sdk import GARBAGE, Failed

EVENT_TYPE = "com.tencent.wecom.chatarchive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One capture."""

    seq: int
    event: Event
    body: bytes = field(repr=False)
    left_sealed: str = ""
    """Why nobody could decrypt it; empty when it is in clear."""


def decrypted(corp_id: str, message: Encrypted, plaintext: bytes) -> Fetched:
    """The plaintext goes in as one string, byte for byte. Raises Failed when it is no JSON object."""
    try:
        text = plaintext.decode()
        fields = json.loads(text)
        if not isinstance(fields, dict):
            raise ValueError("no JSON object")  # noqa: TRY004, TRY301 - what follows is the same
    except (ValueError, RecursionError) as error:
        raise Failed(GARBAGE) from error
    data = {"corpid": corp_id, "seq": message.seq, "publickey_ver": message.entry.get("publickey_ver"), "msg": text}
    return _fetched(corp_id, message, data, _sent_at(fields.get("msgtime")), "")


def sealed(corp_id: str, message: Encrypted, reason: str) -> Fetched:
    """As it was fetched, for the day somebody has the key."""
    return _fetched(corp_id, message, {"corpid": corp_id, **message.entry}, None, reason)


def _fetched(corp_id: str, message: Encrypted, data: dict[str, Any], time: datetime | None, reason: str) -> Fetched:
    event = Event(source=f"wecom:{corp_id}", event_id=message.message_id, event_type=EVENT_TYPE, time=time)
    document = {"specversion": "1.0", "id": event.event_id, "source": event.source, "type": event.event_type}
    if time is not None:
        document["time"] = moment_text(time)
    body = json.dumps({**document, "data": data}, ensure_ascii=False).encode(
        "utf-8", "backslashreplace"
    )  # half a surrogate pair
    return Fetched(seq=message.seq, event=event, body=body, left_sealed=reason)


def _sent_at(msgtime: Any) -> datetime | None:
    """Milliseconds; official samples of images have 0, which says nothing."""
    try:
        milliseconds = int(str(msgtime))
        return from_epoch_ms(milliseconds) if milliseconds > 0 else None
    except ValueError:
        return None
