"""Find identifiers in texts: what is known by its writing, then numbers, then what only a word gives away.

A text is made plain first where a cheap look says so (`fold`), and offsets are those of the text as given.
"""

import re
from collections.abc import Sequence, Set as AbstractSet
from dataclasses import dataclass

from functions.classify import addresses, fold, labels, words, written
from functions.classify.labels import Mention, Sign
from functions.classify.numbers import ENOUGH, LEAST, NUMBER, Numbers
from functions.classify.spans import Place, Span, always, apart, matches

RULESET = "identifiers"
VERSION = "3"
LETTERED = frozenset({*words.FOLLOWED, labels.WRITTEN, labels.WECOM})
"""Words and signs that give something away without a digit."""
TELLING = LETTERED | {labels.DIGIT, labels.ALOUD, labels.FORM}
"""Where none of these is seen, there is no identifier."""
HYPHENS_LEAST = 3
"""A UUID has more, and so has the address of a machine."""
ABROAD = {"hkid": "hk", "hk_mobile": "hk", "mo_bir": "mo", "mo_mobile": "mo", "tw_id": "tw", "tw_mobile": "tw"}
PEOPLES = frozenset({"person_name", "credentials", "wechat_id", "wecom_id", "qq", "email", "geo"})
THINGS = frozenset({"bank_card", "vin", "ipv4", "ipv6", "mac", "imei", "iccid", "imsi"})


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
    findings: list[Finding] = []
    for field, text in enumerate(texts):
        for start, end, kind in spans(text):
            rule = f"{country(kind)}{kind}@{VERSION}"
            findings.append(Finding(kind=kind, field=field, start=start, end=end, rule=rule))
    return tuple(findings)


def country(kind: str) -> str:
    """Whose identifier it is, as the first part of its rule's name."""
    return "" if kind in PEOPLES or kind in THINGS else f"{ABROAD.get(kind, 'cn')}."


def spans(text: str) -> list[Span]:
    """Where in the text as given each kind was found. One look over it says what else is to be looked for."""
    signs = labels.search(text)
    if not signs:
        return []
    seen = labels.seen(signs)
    if TELLING.isdisjoint(seen):
        return []
    if labels.FORM not in seen and (labels.ALOUD not in seen or not fold.READ_ALOUD.search(text)):
        return _read(text, signs, seen)
    plain = fold.fold(text)
    found = _placed(plain)
    aloud = fold.read_aloud(plain)
    return found if aloud is None else apart([*found, *_placed(aloud)])


def _placed(folded: fold.Folded) -> list[Span]:
    signs = labels.search(folded.text)
    found = _read(folded.text, signs, labels.seen(signs))
    return [(*folded.span(start, end), kind) for start, end, kind in found]


def _read(text: str, signs: Sequence[Sign], seen: AbstractSet[str]) -> list[Span]:
    """Everything in a plain text."""
    if labels.LINK in seen or ("-" in text and text.count("-") > HYPHENS_LEAST):
        text = written.masked(text)
        signs = labels.search(text)
        seen = labels.seen(signs)
    if labels.DIGIT in seen:
        return apart(_numeric(text, signs, seen))
    return [] if LETTERED.isdisjoint(seen) else apart(_lettered(text, seen, labels.whole(text, signs)))


def _places(text: str) -> list[Place]:
    """Where the numbers stand that are long enough."""
    return [place for place in map(re.Match.span, NUMBER.finditer(text)) if place[1] - place[0] >= LEAST]


def _lettered(text: str, seen: AbstractSet[str], said: Sequence[Mention]) -> list[Span]:
    """What may hold no digit."""
    found = words.find(text, said)
    if labels.WRITTEN in seen:
        found += written.find(text)
    if labels.WECOM in seen:
        found += matches(written.WECOM, text, "wecom_id", always)
    return found


def _numeric(text: str, signs: Sequence[Sign], seen: AbstractSet[str]) -> list[Span]:
    """Everything in a text with digits."""
    places = _places(text) if ENOUGH.search(text) else []
    hosts = (":" in text and text.count(":") > 1) or ("-" in text and text.count("-") > HYPHENS_LEAST)
    lettered = not LETTERED.isdisjoint(seen)
    said = labels.whole(text, signs) if places or hosts or lettered else []
    found = _lettered(text, seen, said) if lettered else []
    if hosts:
        found += written.find_hosts(text, said)
    if labels.PROVINCE in seen:
        found += matches(written.PLATE, text, "plate", written.is_plate)
    if labels.HOUSE in seen:
        found += addresses.find(text)
    if places:
        found += written.find_long(text, seen, places, said)
        found += Numbers(text, places, said, apart(found)).find()
    return found
