"""What the data of a gateway's event mean: the shapes of the `cn.wechat.*` event types.

Foreign data: unknown fields are ignored here and kept in the capture's bytes. Data that do not fit are kept too, as
`unparsed`; an event type nobody told us about is kept as `unknown_type`.
"""

import base64
import hashlib
import re
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from functions.canonical import EXACT_INTEGER, parse_moment
from functions.capture.capture import STATEMENTS, UNPARSED, Flag, Interpretation, Kind, Media, Said

MOST_ACCOUNTS = 2000  # of one event; WeCom groups hold at most 2,000 members. More is kept, as unparsed
MOST_FILES = 200
DIGITS = re.compile(r"[0-9]{1,20}")
Identity = Annotated[str, Field(min_length=1, max_length=256)]


class Foreign(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Account(Foreign):
    id: Identity


Accounts = Annotated[tuple[Account, ...], Field(max_length=MOST_ACCOUNTS)]


class Conversation(Foreign):
    id: Identity
    type: Any = None
    complete: Any = None
    """`true`: the recipients of each event are all there are, in a group too."""
    private: Any = None
    """`true`: not the firm's business."""


class MediaFile(Foreign):
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    name: str | None = None
    size_bytes: Any = None
    data_base64: str | None = None

    def read(self) -> Media:
        return Media(
            sha256=self.sha256,
            name=self.name,
            size_bytes=whole_number(self.size_bytes),
            present=_complete(self),
        )


class Content(Foreign):
    type: Identity
    text: str | None = None
    title: str | None = None
    media: Annotated[tuple[MediaFile, ...], Field(max_length=MOST_FILES)] = ()


class Exchange(Foreign):
    """What every event between accounts has."""

    conversation: Conversation
    sender: Account
    recipients: Accounts = ()

    def participants(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([self.sender.id, *[account.id for account in self.recipients]]))

    def read(self) -> Interpretation:
        return self.as_a(Kind.CALL)

    def as_a(self, kind: Kind, **more: Any) -> Interpretation:
        """What every kind says, and what this one does."""
        everybody = self.conversation.type != "group" or self.conversation.complete is True
        return Interpretation(
            kind=kind,
            conversation=self.conversation.id,
            participants=self.participants(),
            complete=bool(self.recipients) and everybody,
            private=self.conversation.private is True,
            **more,
        )


class Message(Exchange):
    """`cn.wechat.message`."""

    content: Content

    def read(self) -> Interpretation:
        media = tuple(file.read() for file in self.content.media)
        texts = (self.content.text, self.content.title, *(file.name for file in media))
        return self.as_a(
            Kind.MESSAGE,
            flags=Flag.NONE if all(file.present for file in media) else Flag.MEDIA_MISSING,
            texts=tuple(text for text in texts if text),
            media=media,
            inline=tuple(file.data_base64 for file in self.content.media),
        )


class Recall(Exchange):
    """`cn.wechat.recall`: the original stays; this is a fact added to it."""

    recalls: Identity

    def read(self) -> Interpretation:
        return self.as_a(Kind.RECALL, refers_to=self.recalls)


class Call(Exchange):
    """`cn.wechat.call`."""


class Membership(Foreign):
    """`cn.wechat.membership`."""

    conversation: Conversation
    joined: Accounts = ()
    left: Accounts = ()

    def read(self) -> Interpretation:
        joined, left = (tuple(dict.fromkeys(account.id for account in held)) for held in (self.joined, self.left))
        return Interpretation(
            kind=Kind.MEMBERSHIP,
            conversation=self.conversation.id,
            participants=tuple(dict.fromkeys((*joined, *left))),
            joined=joined,
            left=left,
            private=self.conversation.private is True,
        )


class Consent(Foreign):
    """`cn.wechat.consent`: what a person answered, or that a notice was shown to them."""

    person: Account
    state: Any = None
    at: Any = None
    purpose: Identity | None = None
    notice_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    category: Identity | None = None
    method: Identity | None = None
    guardian: Any = None
    turns_14: Any = None

    def read(self) -> Interpretation:
        """One that names a state we do not know says nothing, and is marked."""
        unknown = self.state is not None and self.state not in STATEMENTS
        return Interpretation(
            kind=Kind.CONSENT,
            flags=Flag.UNKNOWN_TYPE if unknown else Flag.NONE,
            participants=(self.person.id,),
            said=() if self.state is None or unknown else (self._said(),),
        )

    def _said(self) -> Said:
        return Said(
            person=self.person.id,
            state=self.state,
            purpose=self.purpose,
            at=moment_of(self.at),
            notice_sha256=self.notice_sha256,
            category=self.category,
            method=self.method,
            guardian=self.guardian is True,
            turns_14=day_of(self.turns_14),
        )


Data = TypeVar("Data", Message, Recall, Call, Membership, Consent)


class Event(Foreign, Generic[Data]):
    """The event around the data; its attributes were checked at the door."""

    data: Data


SHAPES: dict[str, TypeAdapter[Any]] = {
    "cn.wechat.message": TypeAdapter(Event[Message]),
    "cn.wechat.recall": TypeAdapter(Event[Recall]),
    "cn.wechat.call": TypeAdapter(Event[Call]),
    "cn.wechat.membership": TypeAdapter(Event[Membership]),
    "cn.wechat.consent": TypeAdapter(Event[Consent]),
}


def interpret(event_type: str, capture: bytes) -> Interpretation:
    """Of one CloudEvent's JSON. Total: whatever the bytes are, there is an answer."""
    shape = SHAPES.get(event_type)
    if shape is None:
        return Interpretation(kind=Kind.UNKNOWN, flags=Flag.UNKNOWN_TYPE)
    try:
        meaning: Interpretation = shape.validate_json(capture).data.read()
    except ValidationError:
        return UNPARSED
    return meaning


def whole_number(value: Any) -> int | None:
    """From an integer or its decimal digits, as gateways write either; nothing where a record could not hold it."""
    if isinstance(value, str) and DIGITS.fullmatch(value):
        value = int(value)
    return value if type(value) is int and 0 <= value <= EXACT_INTEGER else None


def moment_of(value: Any) -> datetime | None:
    """Nothing where it is no RFC 3339 time: the capture's own stands in."""
    try:
        return parse_moment(value)
    except (TypeError, ValueError):
        return None


def day_of(value: Any) -> date | None:
    """Nothing where it is no date of ISO 8601, `2013-05-01`."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _complete(file: MediaFile) -> bool:
    """Whether the capture brings the file along, and it is the file it names."""
    if file.data_base64 is None:
        return False
    try:
        body = base64.b64decode(file.data_base64, validate=True)
    except ValueError:  # also of text that is not ASCII, which is no binascii.Error
        return False
    return hashlib.sha256(body).hexdigest() == file.sha256
