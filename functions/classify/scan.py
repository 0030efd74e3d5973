"""Find identifiers in texts: what is known by its writing, then numbers, then what only a word gives away.

A text is made plain first where a cheap look says so (`fold`), and offsets are those of the text as given.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from functions.classify import addresses, fold, labels, words, written
from functions.classify.labels import Mention
from functions.classify.numbers import LEAST, NUMBER, Numbers
from functions.classify.spans import Span, apart

RULESET = "identifiers"
VERSION = "2"
PLATES_LEAST = 2
"""A plate has more digits than this in a row, or letters among them."""
WITH_FEW = re.compile(r"[:\-号號弄室]")
"""Addresses of machines and houses may have fewer digits."""
NUMBER_OF_SIGN = itemgetter(2)
TELLING = frozenset(at for at, label in enumerate(labels.LABELS) if label in words.FOLLOWED)
"""Words that give something away without a number."""
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
    """Where in the text as given each kind was found."""
    signs = labels.search(text)
    highest = max(map(NUMBER_OF_SIGN, signs)) if signs else -1
    if highest < labels.NUMERALS_FROM or (highest < labels.FOLDED_FROM and not fold.READ_ALOUD.search(text)):
        return _read(text, signs, highest)
    plain = fold.fold(text)
    found = _placed(plain)
    aloud = fold.read_aloud(plain)
    return found if aloud is None else apart([*found, *_placed(aloud)])


def _placed(folded: fold.Folded) -> list[Span]:
    found = _read(folded.text, labels.search(folded.text), labels.DIGITS_FROM)
    return [(*folded.span(start, end), kind) for start, end, kind in found]


def _read(text: str, signs: Sequence[tuple[int, int, int]], highest: int) -> list[Span]:
    """Everything in a plain text. Cheap looks first: most have neither a telling word, nor a sign, nor a number."""
    if "-" in text or (":" in text and "://" in text):
        plain = written.masked(text)
        if plain != text:
            text, signs = plain, labels.search(plain)
    numeric = highest >= labels.DIGITS_FROM and _is_numeric(text, signs)
    telling = bool(signs) and (numeric or not TELLING.isdisjoint(map(NUMBER_OF_SIGN, signs)))
    said = labels.whole(text, signs) if telling else []
    found = words.find(text, said) if said else []
    if "@" in text or "<" in text:
        found += written.find(text)
    if "w" in text:
        found += written.find_wecom(text)
    if numeric:
        found += _numeric(text, said, found)
    return apart(found) if len(found) > 1 else found


def _is_numeric(text: str, signs: Sequence[tuple[int, int, int]]) -> bool:
    """Whether it has digits enough for an identifier, or another sign of the few that do with less."""
    digits = len([number for _, _, number in signs if number >= labels.NUMERALS_FROM])
    return digits > PLATES_LEAST or (digits > 0 and WITH_FEW.search(text) is not None)


def _numeric(text: str, said: Sequence[Mention], found: Sequence[Span]) -> list[Span]:
    """What holds digits."""
    digits = [place for place in map(re.Match.span, NUMBER.finditer(text)) if place[1] - place[0] > PLATES_LEAST]
    places = [place for place in digits if place[1] - place[0] >= LEAST]
    made = written.find_numeric(text, places, said) if digits or ":" in text or "-" in text else []
    if "号" in text or "號" in text or "弄" in text or "室" in text:
        made += addresses.find(text)
    if places:
        taken = [*made, *found]
        made += Numbers(text, places, said, taken=apart(taken) if len(taken) > 1 else taken).find()
    return made
