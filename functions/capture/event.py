"""CloudEvents 1.0 (JSON format and batch, read 2026-11): find each event's own bytes and check its attributes.

Only what identifies a capture is demanded here. What its data mean is asked later, and never a reason to refuse.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.canonical import parse_moment
from functions.errors import Fault, Rejected

ATTRIBUTE_NAME = re.compile(r"[a-z0-9]+")  # CloudEvents 1.0.2 §3.1
MOST_EVENTS = 1000
MOST_TEXT = 1024  # of an identifying attribute, in characters
BLANK = re.compile(r"[ \t\r\n]*")  # RFC 8259 §2


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON (RFC 8259 §6)")


DECODER = json.JSONDecoder(parse_constant=_no_constant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One event in a request body: where its bytes lie, and what they parse to."""

    offset: int
    length: int
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The attributes that identify a capture."""

    source: str
    event_id: str
    event_type: str
    time: datetime | None


def read_single(body: bytes) -> Slice:
    """The whole body is one event. Raises Rejected when it is not JSON."""
    text = _text(body)
    start = _blank(text, 0)
    value, end = _decode(text, start)
    if _blank(text, end) != len(text):
        raise Rejected("the body holds more than one JSON value", (Fault(pointer="", detail="send one event"),))
    return Slice(offset=len(text[:start].encode()), length=len(text[start:end].encode()), value=value)


def read_batch(body: bytes) -> list[Slice]:
    """The events of a JSON array with the exact bytes of each.

    Raises Rejected when the body is not a JSON array of 1 to 1,000 values.
    """
    text = _text(body)
    slices: list[Slice] = []
    position = offset = 0
    for start, end, value in _elements(text):
        if len(slices) == MOST_EVENTS:
            fault = Fault(pointer=f"/{MOST_EVENTS}", detail=f"send at most {MOST_EVENTS} events in one batch")
            raise Rejected(f"the batch holds more than {MOST_EVENTS} events", (fault,))
        offset += len(text[position:start].encode())
        length = len(text[start:end].encode())
        slices.append(Slice(offset=offset, length=length, value=value))
        position, offset = end, offset + length
    if not slices:
        raise Rejected("the batch is empty", (Fault(pointer="", detail="send at least one event"),))
    return slices


def check(value: Any) -> Event:
    """The identifying attributes of one event. Raises Rejected with a JSON pointer for each one at fault."""
    if not isinstance(value, dict):
        raise Rejected("not a CloudEvent", (Fault(pointer="", detail="expected a JSON object"),))
    faults = [*_required(value), *_version(value), *_time(value), *_names(value), *_data(value)]
    if faults:
        raise Rejected("not a CloudEvent this archive can keep", tuple(faults))
    time = value.get("time")
    return Event(
        source=value["source"],
        event_id=value["id"],
        event_type=value["type"],
        time=None if time is None else parse_moment(time),
    )


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        fault = Fault(pointer="", detail=f"byte {error.start} is not UTF-8; JSON is UTF-8 (RFC 8259 §8.1)")
        raise Rejected("the body is not UTF-8", (fault,)) from error


def _blank(text: str, position: int) -> int:
    match = BLANK.match(text, position)
    return match.end() if match else position


def _decode(text: str, position: int) -> tuple[Any, int]:
    try:
        return DECODER.raw_decode(text, position)
    except json.JSONDecodeError as error:
        fault = Fault(pointer="", detail=f"line {error.lineno}, column {error.colno}: {error.msg}")
        raise Rejected("the body is not JSON", (fault,)) from error
    except (RecursionError, ValueError) as error:
        fault = Fault(pointer="", detail="NaN, Infinity, a number of thousands of digits, or nested too deeply")
        raise Rejected("the body is not JSON this archive reads", (fault,)) from error


def _elements(text: str) -> Iterator[tuple[int, int, Any]]:
    position = _blank(text, 0)
    _expect(text, position, "[")
    position = _blank(text, position + 1)
    more = text[position : position + 1] != "]"
    while more:
        value, end = _decode(text, position)
        yield position, end, value
        position = _blank(text, end)
        more = text[position : position + 1] == ","
        if more:
            position = _blank(text, position + 1)
    _expect(text, position, "]")
    if _blank(text, position + 1) != len(text):
        raise Rejected("something follows the batch", (Fault(pointer="", detail="end the body after ]"),))


def _expect(text: str, position: int, character: str) -> None:
    if text[position : position + 1] != character:
        fault = Fault(pointer="", detail=f"expected {character} at character {position}")
        raise Rejected("the body is not a JSON array", (fault,))


def _required(value: dict[str, Any]) -> Iterator[Fault]:
    for name in ("id", "source", "type"):
        text = value.get(name)
        if not isinstance(text, str) or not text:
            yield Fault(pointer=f"/{name}", detail="required: a string that is not empty (CloudEvents 1.0 §3.1)")
        elif len(text) > MOST_TEXT or not text.isprintable():
            yield Fault(pointer=f"/{name}", detail=f"at most {MOST_TEXT} printable characters")


def _version(value: dict[str, Any]) -> Iterator[Fault]:
    if value.get("specversion") != "1.0":
        yield Fault(pointer="/specversion", detail='required: the string "1.0"')


def _time(value: dict[str, Any]) -> Iterator[Fault]:
    if value.get("time") is None:  # null is as good as left out (JSON format 1.0.2 §2.2)
        return
    try:
        parse_moment(value["time"])
    except (TypeError, ValueError):
        yield Fault(pointer="/time", detail="expected an RFC 3339 time with its offset, like 2026-11-22T09:30:00Z")


def _names(value: dict[str, Any]) -> Iterator[Fault]:
    """Once, however many there are: a name is the sender's own text, and is not quoted."""
    if any(name != "data_base64" and not ATTRIBUTE_NAME.fullmatch(name) for name in value):
        detail = "attribute names are lowercase letters and digits; everything else belongs into data"
        yield Fault(pointer="", detail=detail)


def _data(value: dict[str, Any]) -> Iterator[Fault]:
    if "data" in value and "data_base64" in value:
        yield Fault(pointer="/data_base64", detail="send data or data_base64, not both (JSON format §3.1.1)")
    elif not isinstance(value.get("data_base64", ""), str):
        yield Fault(pointer="/data_base64", detail="expected base64 text")
