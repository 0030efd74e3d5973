"""Messages of the WeCom chat archive (会话内容存档), as a gateway that runs Tencent's SDK hands them on.

`data` of the event is the decrypted JSON as a string; or {corpid, seq, publickey_ver, msg: that string}; or the record
that nobody has decrypted yet, {…, encrypt_random_key, encrypt_chat_msg}, which stays sealed. Some vendors write numbers
and lists as strings. Facts about the fields: developer.work.weixin.qq.com/document/path/91774 (read 2026-11).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from functions.canonical import epoch_ms, from_epoch_ms
from functions.capture.capture import UNPARSED, Flag, Interpretation, Kind, Said
from functions.capture.content import MOST_ACCOUNTS, whole_number
from functions.wechat.chatcontent import SHAPES, Reading, content_of, loads, plain

EVENT_TYPE = "com.tencent.wecom.chatarchive"
SEALED = frozenset({"encrypt_random_key", "encrypt_chat_msg"})
LONGEST_ID = 256
FIRST_MS = epoch_ms(datetime(2011, 1, 1, tzinfo=UTC))
"""The year of WeChat's first message. What is earlier is no time in milliseconds: zero, or seconds."""


def interpret(capture: bytes) -> Interpretation:
    """Of one CloudEvent's JSON. Total: whatever the bytes are, there is an answer."""
    try:
        message = _message(loads(capture)["data"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return UNPARSED
    message_id = _identity(message.get("msgid"))
    if message.keys() >= SEALED:
        return Interpretation(kind=Kind.UNKNOWN, flags=Flag.SEALED, message_id=message_id)
    if message.get("action") == "switch":
        return _switch(message, message_id)
    return _read(message, message_id)


def sent_at(data: Any) -> datetime | None:
    """When the message was sent, from the event's parsed `data`; nothing when it does not say, or cannot be read."""
    try:
        message = _message(data)
        return _moment(message.get("msgtime", message.get("time")))
    except (ValueError, RecursionError, TypeError):
        return None


def _message(data: Any) -> dict[str, Any]:
    """Raises ValueError, RecursionError, TypeError."""
    inner = data.get("msg", data) if isinstance(data, dict) else data
    message = loads(inner) if isinstance(inner, str) else inner
    if not isinstance(message, dict):
        raise TypeError("the data hold no message")
    return message


def _switch(message: Mapping[str, Any], message_id: str | None) -> Interpretation:
    """A member went over to another of their firms: a notice of the platform, about no conversation."""
    user = _identity(message.get("user"))
    return Interpretation(
        kind=Kind.CALLBACK,
        flags=Flag.NONE if user else Flag.UNKNOWN_TYPE,
        participants=(user,) if user else (),
        message_id=message_id,
    )


def _read(message: Mapping[str, Any], message_id: str | None) -> Interpretation:
    msgtype = str(message.get("msgtype"))
    shape = SHAPES.get(msgtype)
    content = content_of(message, msgtype, shape) if shape else None
    kind = shape.kind if shape else Kind.UNKNOWN
    reading = Reading()
    reading.take(message if content is None else content)
    sender, recipients = _identity(message.get("from")), tuple(_recipients(message.get("tolist")))
    refers_to = _identity(content.get("pre_msgid")) if content and kind is Kind.RECALL else None
    said = _said(content or {}, msgtype) if kind is Kind.CONSENT else ()
    people = tuple(dict.fromkeys(filter(None, (sender, *recipients, *(one.person for one in said)))))
    understood = (
        content is not None
        and reading.whole
        and sender is not None
        and len(people) <= MOST_ACCOUNTS
        and (kind is not Kind.RECALL or refers_to is not None)
    )
    return Interpretation(
        kind=kind,
        flags=(Flag.NONE if understood else Flag.UNKNOWN_TYPE) | (Flag.MEDIA_MISSING if reading.files else Flag.NONE),
        conversation=_identity(message.get("roomid")) or _pair(sender, recipients),
        participants=people[:MOST_ACCOUNTS],
        texts=tuple(reading.texts),
        media=tuple(reading.files),
        message_id=message_id,
        refers_to=refers_to,
        complete=understood and bool(recipients),
        said=said,
    )


def _said(content: Mapping[str, Any], msgtype: str) -> tuple[Said, ...]:
    """`agree` and `disagree` say who and when, in milliseconds, beside the message's own time."""
    person = _identity(content.get("userid"))
    if person is None:
        return ()
    state = "granted" if msgtype == "agree" else "refused"
    return (Said(person=person, state=state, at=_moment(content.get(f"{msgtype}_time"))),)


def _moment(value: Any) -> datetime | None:
    """From milliseconds; nothing where they are none, or no time of WeChat's."""
    milliseconds = whole_number(value)
    try:
        return from_epoch_ms(milliseconds) if milliseconds and milliseconds >= FIRST_MS else None
    except ValueError:  # beyond the year 9999
        return None


def _identity(value: Any) -> str | None:
    """An id as text; nothing when it is none."""
    if type(value) is int:
        value = str(value)
    return plain(value) if isinstance(value, str) and 0 < len(value) <= LONGEST_ID else None


def _recipients(value: Any) -> Iterator[str]:
    """A list; or a list in a string, or ids with commas between them, which no id contains."""
    if isinstance(value, str):
        try:
            value = loads(value) if value.startswith("[") else value.split(",")
        except (ValueError, RecursionError):
            return
    if isinstance(value, list):
        yield from filter(None, map(_identity, value))


def _pair(sender: str | None, recipients: tuple[str, ...]) -> str | None:
    """A conversation of two has no id: it is called by both accounts, in order, as a JSON list."""
    if sender is None or not recipients:
        return None
    return json.dumps(sorted((sender, recipients[0])), ensure_ascii=False, separators=(",", ":"))
