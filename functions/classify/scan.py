"""Find identifiers in texts: what is known by its writing, then numbers, then what only a word gives away.

A text is made plain first where a cheap look says so (`fold`), and offsets are those of the text as given.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from functions.classify import fold, words, written
from functions.classify.numbers import NUMBER, Numbers
from functions.classify.spans import Span, apart

RULESET = "identifiers"
VERSION = "2"
ABROAD = {"hkid": "hk", "hk_mobile": "hk", "mo_bir": "mo", "mo_mobile": "mo", "tw_id": "tw", "tw_mobile": "tw"}
ANYWHERE = frozenset(
    "bank_card vin qq email ipv4 ipv6 mac imei iccid imsi geo person_name credentials wechat_id wecom_id".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One identifier. Offsets are in code points of the text as given."""

    kind: str
    field: int
    """Which of the texts."""
    start: int
    end: int
    rule: str


def scan(texts: Sequence[str]) -> tuple[Finding, ...]:
    """All findings, in order of text and offset. One kind for a span."""
    return tuple(
        Finding(kind=kind, field=field, start=start, end=end, rule=f"{country(kind)}{kind}@{VERSION}")
        for field, text in enumerate(texts)
        for start, end, kind in spans(text)
    )


def country(kind: str) -> str:
    """Whose identifier it is, as the first part of its rule's name."""
    return "" if kind in ANYWHERE else f"{ABROAD.get(kind, 'cn')}."


def spans(text: str) -> list[Span]:
    """Where in the text as given each kind was found."""
    plain = fold.fold(text)
    found = _read(written.masked(plain.text))
    aloud = fold.read_aloud(plain)
    if aloud is not None:
        found = apart([*_placed(plain, found), *_placed(aloud, _read(written.masked(aloud.text)))])
        return found
    return _placed(plain, found) if plain.origin is not None else found


def _placed(folded: fold.Folded, found: Sequence[Span]) -> list[Span]:
    return [(*folded.span(start, end), kind) for start, end, kind in found]


def _read(text: str) -> list[Span]:
    """Everything in a plain text."""
    found = [*words.find(text), *written.find(text)]
    if NUMBER.search(text) is not None:
        found += written.find_numeric(text)
        found += Numbers(text, taken=apart(found)).find()
    return apart(found) if len(found) > 1 else found
