"""What GetChatData gives: one page of encrypted messages.

developer.work.weixin.qq.com/document/path/91774 (read 2026-11)
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from functions.pull.sdk import GARBAGE, Failed

LARGEST_SEQ = 2**64 - 1
MOST_TEXT = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Encrypted:
    """One message as it was fetched."""

    seq: int
    entry: dict[str, Any] = field(repr=False)
    """All of it, as the SDK gave it."""

    @property
    def message_id(self) -> str:
        """Unique within a corp. A message without one is called by its place."""
        found = self.entry.get("msgid")
        usable = isinstance(found, str) and found and len(found) <= MOST_TEXT and found.isprintable()
        return str(found) if usable else f"seq-{self.seq}"

    @property
    def key_version(self) -> str:
        return str(self.entry.get("publickey_ver"))

    def text(self, name: str) -> str:
        """A field that should hold text; empty when it does not."""
        found = self.entry.get(name)
        return found if isinstance(found, str) else ""


def read_page(answer: bytes) -> list[Encrypted]:
    """In order of seq. Raises Failed: with WeCom's error code, or because it is no such page."""
    try:
        document = json.loads(answer, parse_constant=_finite, parse_float=_finite)
        code = document["errcode"]
        messages = sorted(_entries(document.get("chatdata") or []), key=lambda one: one.seq)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Failed(GARBAGE) from error
    if code != 0:
        raise Failed(str(code) if isinstance(code, int) else GARBAGE)
    return messages


def _finite(text: str) -> float:
    """Infinity and NaN cannot be written down as JSON again."""
    found = float(text)
    if not math.isfinite(found):
        raise ValueError("not a number of JSON")
    return found


def _entries(chatdata: list[Any]) -> Iterator[Encrypted]:
    return map(read_entry, chatdata)


def read_entry(entry: dict[str, Any]) -> Encrypted:
    """One message of a page. Raises KeyError, ValueError, TypeError."""
    seq = int(str(entry["seq"]))  # exact: a float is refused; some ports write it as text
    if not 0 < seq <= LARGEST_SEQ:
        raise ValueError("seq is no number of a message")
    return Encrypted(seq=seq, entry=dict(entry))
