"""What the data of a gateway's event mean: the shapes of the `cn.wechat.*` event types.

Foreign data: unknown fields are ignored here and kept in the capture's bytes. Data that do not fit are kept too, as
`unparsed`; an event type nobody told us about is kept as `unknown_type`.
"""

import base64
import hashlib
import re
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from functions.canonical import EXACT_INTEGER
from functions.capture.capture import UNPARSED, Flag, Interpretation, Kind, Media

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
        return tuple(dict.fromkeys((self.sender.id, *(account.id for account in self.recipients))))


class Message(Exchange):
    """`cn.wechat.message`."""

    content: Content

    def read(self) -> Interpretation:
        media = tuple(file.read() for file in self.content.media)
        texts = (self.content.text, self.content.title, *(file.name for file in media))
        return Interpretation(
            kind=Kind.MESSAGE,
            flags=Flag.NONE if all(file.present for file in media) else Flag.MEDIA_MISSING,
            conversation=self.conversation.id,
            participants=self.participants(),
            texts=tuple(text for text in texts if text),
            media=media,
        )


class Recall(Exchange):
    """`cn.wechat.recall`: the original stays; this is a fact added to it."""

    recalls: Identity

    def read(self) -> Interpretation:
        return Interpretation(
            kind=Kind.RECALL,
            conversation=self.conversation.id,
            participants=self.participants(),
            refers_to=self.recalls,
        )


class Call(Exchange):
    """`cn.wechat.call`."""

    def read(self) -> Interpretation:
        return Interpretation(kind=Kind.CALL, conversation=self.conversation.id, participants=self.participants())


class Membership(Foreign):
    """`cn.wechat.membership`."""

    conversation: Conversation
    joined: Accounts = ()
    left: Accounts = ()

    def read(self) -> Interpretation:
        joined, left = (tuple(dict.fromkeys(one.id for one in accounts)) for accounts in (self.joined, self.left))
        return Interpretation(
            kind=Kind.MEMBERSHIP,
            conversation=self.conversation.id,
            participants=tuple(dict.fromkeys((*joined, *left))),
            joined=joined,
            left=left,
        )


class Consent(Foreign):
    """`cn.wechat.consent`."""

    person: Account

    def read(self) -> Interpretation:
        return Interpretation(kind=Kind.CONSENT, participants=(self.person.id,))


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


def _complete(file: MediaFile) -> bool:
    """Whether the capture brings the file along, and it is the file it names."""
    if file.data_base64 is None:
        return False
    try:
        body = base64.b64decode(file.data_base64, validate=True)
    except ValueError:  # also of text that is not ASCII, which is no binascii.Error
        return False
    return hashlib.sha256(body).hexdigest() == file.sha256
