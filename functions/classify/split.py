"""Identifiers that a sender spreads over messages: 138, then 0013 8000; or a label first, and then its number."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from functions.classify import labels
from functions.classify.fold import HAN
from functions.classify.scan import Finding, scan

APART_MS = 60_000
EDGE = 48
"""What is looked at of a message's end, or of its beginning."""
MOST_MESSAGES = 18
"""A resident id, one character at a time."""
WHOLE = frozenset(
    {"resident_id", "residence_permit_hmt", "foreigner_pr", "uscc", "bank_card", "mobile", "iccid", "hkid"}
)
"""Kinds that need no word beside them: the others are not put together from pieces."""
SIGN = rf"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ{HAN}]"
ENDS = re.compile(rf"{SIGN}[\s\-]*\Z")
LEAD = re.compile(rf"\s*(?:(?:后面|後面|后半段?|后几位|剩下|接着|然后|and |then )的?(?:是|：|:)?\s*)?(?={SIGN})")
NOTHING_ELSE = re.compile(rf"[\s\-]*(?:{SIGN}[\s\-]*)+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message's text."""

    sender: str
    """Who, and in which conversation: messages are put together only where this is the same."""
    sent_at_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class _Edge:
    """What of a message goes into a trial, and where it stands in the message."""

    part: int
    offset: int
    text: str


def join(parts: Sequence[Part]) -> tuple[Finding, ...]:
    """What no message holds alone. `field` is the part; an identifier in three parts is three findings.

    The order of `parts` does not matter. What a message holds alone is left to `scan`.
    """
    found = {one for talk in _talks(parts) for one in (*_spread(parts, talk), *_labelled(parts, talk))}
    return tuple(sorted(found, key=lambda one: (one.field, one.start, one.end, one.kind)))


def _talks(parts: Sequence[Part]) -> Iterator[list[int]]:
    """Each sender's messages in order of time, cut where more than a minute lies between two."""
    order = sorted(range(len(parts)), key=lambda at: (parts[at].sender, parts[at].sent_at_ms, at))
    talk = order[:1]
    for before, after in pairwise(order):
        near = parts[after].sent_at_ms - parts[before].sent_at_ms <= APART_MS
        if not (near and parts[after].sender == parts[before].sender):
            yield talk
            talk = []
        talk.append(after)
    if len(talk) > 1:
        yield talk


def _spread(parts: Sequence[Part], talk: Sequence[int]) -> Iterator[Finding]:
    """Pieces of one identifier: the longest row of messages that it fills from the first to the last."""
    at = 0
    while at < len(talk) - 1:
        rows = list(_rows(parts, talk[at : at + MOST_MESSAGES]))
        size, pieces = rows[-1] if rows else (1, [])
        yield from pieces
        at += size


def _rows(parts: Sequence[Part], row: Sequence[int]) -> Iterator[tuple[int, list[Finding]]]:
    """How many messages an identifier goes on by, and its pieces; the shortest first."""
    first = parts[row[0]].text
    low = max(0, len(first) - EDGE)
    edges = [_Edge(row[0], low, first[low:])]
    for count, part in enumerate(row[1:], 1):
        text = parts[part].text
        lead = LEAD.match(text)
        if lead is None or ENDS.search(edges[-1].text) is None:
            return
        edges.append(_Edge(part, lead.end(), text[lead.end() : lead.end() + EDGE]))
        pieces = _filling(edges)
        if pieces:
            yield count, pieces
        if NOTHING_ELSE.match(text, lead.end()) is None:
            return


def _filling(edges: Sequence[_Edge]) -> list[Finding]:
    """The identifier that begins in the first edge and ends in the last, piece by piece."""
    whole = "".join(edge.text for edge in edges)
    inner, outer = len(edges[0].text), len(whole) - len(edges[-1].text)
    for found in scan((whole,)):
        if found.kind in WHOLE and found.start < inner and found.end > outer:
            return list(_pieces(found, edges))
    return []


def _pieces(found: Finding, edges: Sequence[_Edge]) -> Iterator[Finding]:
    begin = 0
    for edge in edges:
        start, end = max(found.start, begin), min(found.end, begin + len(edge.text))
        shift = edge.offset - begin
        yield replace(found, field=edge.part, start=start + shift, end=end + shift, rule=_rule(found))
        begin += len(edge.text)


def _labelled(parts: Sequence[Part], talk: Sequence[int]) -> Iterator[Finding]:
    """A message that ends with the name of a number, and one that begins with the number."""
    for before, after in pairwise(talk):
        text, name = parts[after].text[:EDGE], parts[before].text[-EDGE:]
        lead = LEAD.match(text)
        said = labels.mentions(name) if lead else []
        if lead and said and labels.FILLER.fullmatch(name, said[-1][1]):
            yield from _named(f"{name}：", text, lead.end(), after)


def _named(name: str, text: str, begin: int, part: int) -> Iterator[Finding]:
    alone = {(one.start, one.end) for one in scan((text,))}
    for one in scan((name + text,)):
        start, end = one.start - len(name), one.end - len(name)
        if start == begin and (start, end) not in alone:
            yield replace(one, field=part, start=start, end=end, rule=_rule(one))


def _rule(found: Finding) -> str:
    """That of the identifier, said to be put together."""
    name, version = found.rule.rsplit("@", 1)
    return f"{name}.split@{version}"
