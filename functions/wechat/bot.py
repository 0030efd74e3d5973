"""What WeCom's intelligent bots post (developer.work.weixin.qq.com/document/path/100719, read 2026-11)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from functions.capture.capture import Flag, Interpretation, Kind

MESSAGE_TYPES = frozenset({"text", "image", "mixed", "voice", "file", "video"})  # not `stream`, which nobody wrote
WORDS = ("text", "voice")  # what is said or transcribed stands in their `content`
FILES = ("image", "file", "video")  # a URL that works for five minutes stands in their `url`


def is_from_bot(fields: Mapping[str, str]) -> bool:
    """By the bot's id, which no other callback has."""
    return "aibotid" in fields


def interpret(message: bytes) -> Interpretation:
    """Of JSON for which `is_from_bot`. Total."""
    said: Mapping[str, Any] = json.loads(message)
    bodies = list(_bodies(said))
    sender = _inside(said, "from").get("userid")
    texts = (_inside(body, name).get("content") for body in bodies for name in WORDS)
    return Interpretation(
        kind=Kind.MESSAGE if _text(said.get("msgtype")) in MESSAGE_TYPES else Kind.CALLBACK,
        flags=Flag.MEDIA_MISSING if any(_inside(body, name) for body in bodies for name in FILES) else Flag.NONE,
        conversation=_text(said.get("chatid")),
        participants=tuple(filter(None, (_text(sender), _text(said.get("aibotid"))))),
        message_id=_text(said.get("msgid")),
        texts=tuple(filter(None, map(_text, texts))),
    )


def _bodies(said: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The message, what it quotes, and the parts of either where it is `mixed`."""
    for one in (said, _inside(said, "quote")):
        yield one
        items = _inside(one, "mixed").get("msg_item")
        yield from (item for item in (items if isinstance(items, list) else []) if isinstance(item, dict))


def _inside(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def _text(value: Any) -> str | None:
    """Not empty, and text that UTF-8 can hold: JSON may spell half a surrogate pair."""
    if not isinstance(value, str) or not value:
        return None
    return value.encode("utf-8", "replace").decode()
