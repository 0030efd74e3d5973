"""The content of one message of the WeCom chat archive: every `msgtype` as a row of a table, and what lies inside.

Types and fields: developer.work.weixin.qq.com/document/path/91774 (read 2026-11). New types appear without notice and
fields move, so the table says only what a type *is*; texts and files are found by the names of their fields, wherever
they stand, in types that nobody has described yet as well.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.capture.capture import Kind, Media
from functions.capture.content import MOST_FILES, whole_number

MOST_LEVELS = 48  # of objects and lists inside each other; a forwarded conversation inside another takes four
MOST_VALUES = 100_000
MD5 = re.compile(r"[0-9a-fA-F]{32}")
TEXTS = frozenset(
    {
        "content",
        "title",
        "description",
        "displayname",
        "address",
        "place",
        "topic",
        "remarks",
        "wish",
        "corpname",
        "filename",
        "room_name",
        "ques",
        "votetitle",
        "voteitem",
        "sph_name",
        "feed_desc",
        "solitaire_content",
    }
)
"""Fields that a person wrote or reads. What holds an id, a web address or a credential is none of them."""
SIZES = ("filesize", "voice_size", "imagesize")
FILES = frozenset({"sdkfileid", "md5sum"})
"""An object with one of these is about a file. `sdkfileid` holds the key of the file: it is never read."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a `msgtype` is."""

    kind: Kind = Kind.MESSAGE
    needs: str = ""
    """A field without which the content is of another shape than we know."""
    key: str = ""
    """Where the content stands, if not under the type's own name."""


SHAPES: Mapping[str, Shape] = {
    "agree": Shape(Kind.CONSENT, needs="userid"),
    "calendar": Shape(),
    "card": Shape(),
    "chatrecord": Shape(needs="item"),
    "collect": Shape(),
    "disagree": Shape(Kind.CONSENT, needs="userid"),
    "docmsg": Shape(key="doc"),
    "emotion": Shape(),
    "external_redpacket": Shape(key="redpacket"),
    "file": Shape(),
    "image": Shape(),
    "link": Shape(),
    "location": Shape(),
    "markdown": Shape(needs="content", key="info"),
    "meeting": Shape(),
    "meeting_notification": Shape(key="info"),
    "meeting_voice_call": Shape(Kind.CALL),
    "meetingvoicecall": Shape(Kind.CALL, key="audio_archive"),  # as one operator receives it
    "mixed": Shape(needs="item"),
    "news": Shape(needs="item", key="info"),
    "note": Shape(key="info"),
    "qydiskfile": Shape(key="info"),
    "redpacket": Shape(),
    "revoke": Shape(Kind.RECALL, needs="pre_msgid"),
    "solitaire": Shape(key="info"),
    "sphfeed": Shape(),
    "text": Shape(needs="content"),
    "todo": Shape(),
    "video": Shape(),
    "voice": Shape(),
    "voip_doc_share": Shape(Kind.CALL),
    "voipdocshare": Shape(Kind.CALL, key="voip_doc_share"),  # likewise
    "voiptext": Shape(Kind.CALL, key="info"),
    "vote": Shape(),
    "weapp": Shape(),
}


def loads(text: str | bytes) -> Any:
    """JSON with exact integers; other numbers stay text. Raises ValueError, RecursionError."""
    return json.loads(text, parse_float=str, parse_constant=str)


def content_of(message: Mapping[str, Any], msgtype: str, shape: Shape) -> dict[str, Any] | None:
    """The content object; nothing when it is not where this type has it, or of another shape."""
    for key in filter(None, (shape.key, msgtype)):
        content = message.get(key)
        if isinstance(content, dict) and (not shape.needs or shape.needs in content):
            return content
    return None


def plain(text: str) -> str:
    """Text as UTF-8 can hold it: senders cut emoji in half, which leaves lone surrogates."""
    return text.encode("utf-8", "replace").decode()


@dataclass(slots=True)
class Reading:
    """What was found inside a message, nested messages included, in the order in which it stands there."""

    texts: list[str] = field(default_factory=list)
    files: list[Media] = field(default_factory=list)
    whole: bool = True
    """Whether all of it could be read, within bounds."""
    left: int = MOST_VALUES

    def take(self, value: Any, *, name: str = "", levels: int = MOST_LEVELS) -> None:
        """`name` is that of the field which holds the value."""
        self.left -= 1
        if not levels or self.left < 0:
            self.whole = False
        elif isinstance(value, dict):
            self._object(value, levels - 1)
        elif isinstance(value, list):
            for one in value:
                self.take(one, name=name, levels=levels - 1)
        elif isinstance(value, str) and value and name in TEXTS:
            self.texts.append(plain(value))

    def _object(self, fields: dict[str, Any], levels: int) -> None:
        if not FILES.isdisjoint(fields):
            self._file(fields)
        nested = isinstance(fields.get("type", fields.get("msg_type")), str)
        for name, value in fields.items():
            if nested and name == "content" and isinstance(value, str):
                self._nested(value, levels)
            else:
                self.take(value, name=name, levels=levels)

    def _nested(self, text: str, levels: int) -> None:
        """An item of `chatrecord`, `mixed` or `note`: its content is JSON again, in a string.

        One that is not may be anything, a file's credential too; it is left alone.
        """
        try:
            content = loads(text)
        except (ValueError, RecursionError):
            content = None
        if isinstance(content, dict):
            self.take(content, levels=levels)
        else:
            self.whole = False

    def _file(self, fields: dict[str, Any]) -> None:
        if len(self.files) == MOST_FILES:
            self.whole = False
            return
        md5, name = fields.get("md5sum"), fields.get("filename")
        self.files.append(
            Media(
                md5=md5.lower() if isinstance(md5, str) and MD5.fullmatch(md5) else None,
                name=plain(name) if isinstance(name, str) and name else None,
                size_bytes=next((whole_number(fields[size]) for size in SIZES if size in fields), None),
            )
        )
