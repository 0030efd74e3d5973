"""The numbers that senders give their captures, and the ranges these make: what has come, and what lies between.

WeCom numbers each message of a corp (`seq`); whether it leaves numbers out is undocumented, so a jump there is
information and no loss. A gateway may number its events (CloudEvents extension `sequence`, type Integer): each is one
more than the last, so a hole is something that did not come. And each way in is known by the days on which it brought
something.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

CHAT_ARCHIVE = "com.tencent.wecom.chatarchive"
WECOM, INTEGER, DAYS = "wecom", "integer", "days"
WRITTEN = re.compile(r"-?[0-9]{1,20}")
LARGEST = 2**64 - 1
"""WeCom's seq is a uint64: developer.work.weixin.qq.com/document/path/91774 (read 2026-11)."""
ROUND = 2**32
"""CloudEvents 1.0 `sequence`, type Integer: signed 32 bits, from 1 by one, and on from -2^31 after 2^31 - 1:
github.com/cloudevents/spec/blob/main/cloudevents/extensions/sequence.md (read 2026-11)"""


@dataclass(frozen=True, slots=True)
class Number:
    """What one capture is numbered with. `kind` is `wecom` or `integer`."""

    kind: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What is numbered together: one source at one way in, in one way of counting."""

    token: bytes
    """Keyed name of all three: a source may be somebody's account."""
    endpoint: str
    """`gateway/<id>` and so on, in clear: the firm chose it."""
    kind: str
    """`wecom`, `integer` or `days`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Numbers that have come, both ends included."""

    first: int
    last: int
    sent_from: datetime
    sent_until: datetime
    """Earliest and latest of all captures in it."""
    received_from: datetime
    received_until: datetime
    jumped: int = 0
    """How many numbers in it never came and are no longer waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Numbers that have not come, both ends included, and between which times they were due."""

    first: int
    last: int
    after: datetime
    before: datetime


def numbers(capture: bytes) -> tuple[Number, ...]:
    """Of one CloudEvent's JSON. Total: whatever the bytes are, there is an answer."""
    if b"seq" not in capture and b"\\u" not in capture:  # nothing that could spell a number's name: not parsed again
        return ()
    try:
        event = json.loads(capture)
    except (ValueError, RecursionError):
        return ()
    return tuple(_numbers(event)) if isinstance(event, dict) else ()


def merge(ranges: Iterable[Range]) -> list[Range]:
    """Ascending and apart from each other: in whatever order and however often they are given."""
    merged: list[Range] = []
    for one in sorted(ranges, key=lambda each: (each.first, each.last)):
        if merged and one.first <= merged[-1].last + 1:
            merged[-1] = _join(merged[-1], one)
        else:
            merged.append(one)
    return merged


def gaps(merged: Iterable[Range]) -> Iterator[Gap]:
    """Between what `merge` gives. What comes before the first number or after the last, nobody knows."""
    before: Range | None = None
    for one in merged:
        if before is not None:
            yield Gap(first=before.last + 1, last=one.first - 1, after=before.sent_until, before=one.sent_from)
        before = one


def settle(merged: Iterable[Range], *, received_before: datetime) -> list[Range]:
    """Close the holes that nobody can fill any more: what follows them came before that time."""
    settled: list[Range] = []
    for one in merged:
        if settled and one.received_from < received_before:
            hole = one.first - settled[-1].last - 1
            settled[-1] = replace(_join(settled[-1], one), jumped=settled[-1].jumped + one.jumped + hole)
        else:
            settled.append(one)
    return settled


def _join(a: Range, b: Range) -> Range:
    first, last = min(a.first, b.first), max(a.last, b.last)
    whole = [one.jumped for one in (a, b) if (one.first, one.last) == (first, last)]
    return Range(
        first=first,
        last=last,
        sent_from=min(a.sent_from, b.sent_from),
        sent_until=max(a.sent_until, b.sent_until),
        received_from=min(a.received_from, b.received_from),
        received_until=max(a.received_until, b.received_until),
        jumped=max(whole) if whole else a.jumped + b.jumped,
    )


def _numbers(event: dict[str, Any]) -> Iterator[Number]:
    fields = event.get("data")
    if event.get("type") == CHAT_ARCHIVE and isinstance(fields, dict):
        seq = _whole(fields.get("seq"))
        if seq is not None and 0 < seq <= LARGEST:
            yield Number(WECOM, seq)
    if event.get("sequencetype") == "Integer":
        value = _whole(event.get("sequence"))
        if value is not None and -ROUND // 2 <= value < ROUND // 2:
            yield Number(INTEGER, value if value > 0 else value + ROUND)


def _whole(value: Any) -> int | None:
    """Exact, from a number or from text, as senders write either."""
    if isinstance(value, str) and WRITTEN.fullmatch(value):
        return int(value)
    return value if type(value) is int else None
