"""Delivery, item, interpretation: one request as it came, one capture in it, and what we understood of that."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, IntFlag
from typing import Any


class Kind(IntEnum):
    """What a capture is. The numbers stand in directories and postings (docs/formats.md)."""

    UNPARSED = 0
    MESSAGE = 1
    RECALL = 2
    CALL = 3
    MEMBERSHIP = 4
    CONSENT = 5
    CALLBACK = 6
    UNKNOWN = 7
    ACT = 8
    REPORT = 9


class Flag(IntFlag):
    """What a reader must know about a capture before trusting it. The bits stand in directories and postings."""

    NONE = 0
    UNKNOWN_TYPE = 1
    UNPARSED = 2
    CONFLICT = 4
    LATE = 8
    UNAUTHENTICATED = 16
    MEDIA_MISSING = 32
    HAS_FINDINGS = 64
    SEALED = 128
    RESTRICTED = 256
    NOT_INSPECTED = 512
    DUAL_REGIME = 1024
    UNCLEAN = 2048

    def names(self) -> list[str]:
        """Lowercase names of the bits that are set, lowest first."""
        value = int(self)
        return [name for bit, name in NAMES if bit & value] if value else []

    @classmethod
    def of(cls, names: list[str]) -> "Flag":
        """The inverse of `names`. Raises KeyError on a name that is none."""
        flags = cls.NONE
        for name in names:
            flags |= cls[name.upper()]
        return flags


NAMES = tuple((int(flag), flag.name.lower()) for flag in Flag if flag and flag.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some bytes with their name: `capture`, `body`, `plaintext`, `request_body`."""

    name: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One capture inside a delivery, as intake accepted it."""

    offset: int
    """Of its first byte in the delivery's last part."""
    length: int
    source: str
    event_id: str
    event_type: str
    sent_at: datetime
    """Aware UTC, whole milliseconds."""
    sent_at_source: str
    """`event`: the capture says when. `delivery`: it does not, and the delivery's own time stands in."""
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One authenticated request, its captures and how it was authenticated."""

    delivery_id: str
    door: str
    """`gateway`, `wecom`, `wechat` or `pull`; `office` for acts of officers, `report` for the archive's own."""
    endpoint: str
    received_at: datetime
    evidence: dict[str, Any]
    flags: Flag
    items: tuple[Item, ...]
    parts: tuple[Part, ...]

    def capture(self, item: Item) -> bytes:
        """The capture's own bytes."""
        return self.parts[-1].body[item.offset : item.offset + item.length]


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One file that a capture names. Never what it is fetched with: that is a credential."""

    sha256: str | None = None
    """Lowercase hex, like `md5`: what the capture says of it, null where it says nothing."""
    md5: str | None = None
    name: str | None = None
    size_bytes: int | None = None
    present: bool = False
    """Whether its bytes are in the capture and have that SHA-256."""


STATEMENTS = ("granted", "refused", "withdrawn", "noticed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a capture says about one person's consent."""

    person: str = field(repr=False)
    """Account id."""
    state: str
    """One of `STATEMENTS`."""
    purpose: str | None = None
    """As the following, nothing where the capture leaves it out: then it is what the firm asks for."""
    at: datetime | None = None
    """When it was said, where the capture tells that apart from its own time."""
    notice_sha256: str | None = None
    """Of the text that was shown."""
    category: str | None = None
    method: str | None = None
    guardian: bool = False
    """Whether a parent or guardian said it."""
    turns_14: date | None = None
    """The person's fourteenth birthday, where the guardian told it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """What a capture says, as far as we understand it. Never a reason to keep or lose one."""

    kind: Kind
    flags: Flag = Flag.NONE
    conversation: str | None = None
    participants: tuple[str, ...] = ()
    """Account ids: the sender first, then direct recipients."""
    texts: tuple[str, ...] = field(default=(), repr=False)
    """What a person wrote or read, for classification: content only, never ids."""
    media: tuple[Media, ...] = ()
    inline: tuple[str | None, ...] = field(default=(), repr=False)
    """Of each of these, where the capture brings bytes along: their base64, be it the file it names or not."""
    message_id: str | None = None
    """The message's own id at WeChat, where the capture gives one apart from the event's."""
    refers_to: str | None = None
    """Id of the message that this one recalls."""
    joined: tuple[str, ...] = field(default=(), repr=False)
    """Account ids that entered the conversation; those that left it are in `left`."""
    left: tuple[str, ...] = field(default=(), repr=False)
    dissolved: bool = False
    """Whether it ended for everybody."""
    sequence: str | None = None
    """The sender's running number, where it gives one."""
    complete: bool = False
    """Whether `participants` are everybody who could read it. What does not say so is never dropped for want of one."""
    private: bool = False
    """Whether the sender marks the conversation as nobody's business."""
    said: tuple[Said, ...] = field(default=(), repr=False)
    """About consent."""
    event: str | None = None
    """The platform's own name of what happened, where that must be found again."""
    about: str | None = None
    """Of an act: its kind. Of a report: its kind."""
    record: str | None = None
    """Of an act: the id of the record that it is about."""


UNPARSED = Interpretation(kind=Kind.UNPARSED, flags=Flag.UNPARSED)
