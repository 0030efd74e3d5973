"""What a callback's plaintext says: the common fields of WeCom application messages and events, XML or JSON.

`CreateTime` inside the plaintext is the trustworthy time: the signature binds none (wechat protocol, `timestamp` and
`nonce` can be exchanged in Tencent's own sample).
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.canonical import from_epoch_ms
from functions.capture.capture import UNPARSED, Flag, Interpretation, Kind
from functions.errors import Rejected
from functions.wechat import bot, consent
from functions.wechat.envelope import parse_xml

TEXT_FIELDS = ("Content", "Title", "Description", "Label", "Recognition")
MESSAGE_TYPES = frozenset({"text", "image", "voice", "video", "shortvideo", "location", "link", "file"})
FOUND_AGAIN = frozenset({"msgaudit_notify"})
"""Events that say something is to be fetched: developer.work.weixin.qq.com/document/path/95039 (read 2026-11)."""
SECONDS = re.compile(r"[0-9]{1,11}")  # Unix time; eleven digits end in the year 5138


def read_fields(message: bytes) -> dict[str, str] | None:
    """The top-level fields as text; nothing when the plaintext is neither XML nor a JSON object."""
    try:
        if message.lstrip()[:1] == b"<":
            return {element.tag: element.text or "" for element in parse_xml(message)}
        return _flat(json.loads(message))
    except (Rejected, ValueError, RecursionError):
        return None


def created_at(fields: Mapping[str, str]) -> datetime | None:
    """When WeChat made the message; nothing when it does not say."""
    text = (fields.get("CreateTime") or fields.get("TimeStamp") or "").strip()
    return from_epoch_ms(int(text) * 1000) if SECONDS.fullmatch(text) else None


def interpret(message: bytes) -> Interpretation:
    """Total: whatever the plaintext is, there is an answer."""
    fields = read_fields(message)
    if fields is None:
        return UNPARSED
    if bot.is_from_bot(fields) and message.lstrip()[:1] == b"{":
        return bot.interpret(message)
    sender = fields.get("FromUserName", "").strip()
    consenting = consent.people(fields)
    return Interpretation(
        kind=_kind(fields) if consenting is None else Kind.CONSENT,
        flags=_media_flag(fields),
        conversation=fields.get("ChatId", "").strip() or None,
        participants=consenting or tuple(filter(None, (sender, fields.get("ToUserName", "").strip()))),
        message_id=fields.get("MsgId", "").strip() or None,
        texts=tuple(fields[name] for name in TEXT_FIELDS if fields.get(name)),
        said=consent.said(fields),
        event=_event(fields),
    )


def _event(fields: Mapping[str, str]) -> str | None:
    name = fields.get("Event", "").strip()
    return name if name in FOUND_AGAIN else None


def _kind(fields: Mapping[str, str]) -> Kind:
    return Kind.MESSAGE if fields.get("MsgType", "").strip() in MESSAGE_TYPES else Kind.CALLBACK


def _flat(value: Any) -> dict[str, str] | None:
    """Raises ValueError when a text holds half a surrogate pair, which is no text."""
    if not isinstance(value, dict):
        return None
    fields = {name: str(field) for name, field in value.items() if isinstance(field, str | int)}
    "".join(fields.values()).encode()
    return fields


def _media_flag(fields: Mapping[str, str]) -> Flag:
    """A callback brings the id of a media file, never the file."""
    return Flag.MEDIA_MISSING if fields.get("MediaId") else Flag.NONE
