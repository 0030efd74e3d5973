"""Telephones known by how they are written: area codes and hyphens, service numbers, the neighbours' country codes."""

import re
from collections.abc import Iterator, Sequence

from functions.classify.identifiers import is_date
from functions.classify.rules import AREAS
from functions.classify.spans import Place, Span, always, matches

FIXED = re.compile(
    r"(?<![0-9A-Za-z+\-.])(?<![0-9] )([（(])?(?:\+?86[ \-]?)?(0[12][0-9]|0[3-9][0-9]{2})(?(1)[）)] ?|(?: ?[\-–—] ?| ))"
    r"([2-9][0-9]{6,7}|[2-9][0-9]{2,3}[ \-][0-9]{4})(?: ?(?:-|转|轉|ext\.?|x) ?[0-9]{1,6})?(?![0-9A-Za-z]|-[0-9])"
)
FIXED_ABROAD = re.compile(
    r"\+86[ \-](10|2[0-9]|[3-9][0-9]{2})[ \-]([2-9][0-9]{6,7}|[2-9][0-9]{2,3}[ \-][0-9]{4})(?![0-9A-Za-z]|-[0-9])"
)
SERVICE = re.compile(
    r"(?<![0-9A-Za-z+\-.])[48]00(?:[ \-][0-9]{3}[ \-]?[0-9]{4}|[ \-][0-9]{4}[ \-][0-9]{3})(?![0-9A-Za-z]|-[0-9])"
)
NEIGHBOUR = re.compile(
    r"(?:(?:\+|(?<![0-9])00) ?|(?<![0-9A-Za-z+])([（(])\+?|(?<![0-9A-Za-z+.\-])(?=[0-9]{3}[ \-]))"
    r"(85[23]|886)(?(1)[)）])[ \-]{0,2}"
    r"([0-9]{4}[ \-]?[0-9]{4}|0?9[0-9]{2}[ \-]?[0-9]{3}[ \-]?[0-9]{3})(?![0-9A-Za-z]|-[0-9])"
)
TAIWAN_MOBILE = re.compile(
    r"(?<![0-9A-Za-z+\-.])09[0-9]{2}(?:([ \-])[0-9]{3}\1[0-9]{3}|-[0-9]{6})(?![0-9A-Za-z]|[\-.][0-9])"
)
BRACKETS = frozenset(")）")
NEIGHBOURS = {"852": ("hk_mobile", re.compile(r"[4-9][0-9]{7}")), "853": ("mo_mobile", re.compile(r"6[0-9]{7}"))}
NEIGHBOURS["886"] = ("tw_mobile", re.compile(r"0?9[0-9]{8}"))


def find(text: str, places: Sequence[Place]) -> list[Span]:
    """Cheap looks first: at how the numbers begin."""
    heads = {text[start] for start, _ in places}
    closed = ")" in text or "）" in text
    bracketed = closed and any(not BRACKETS.isdisjoint(text[max(0, start - 2) : start]) for start, _ in places)
    if not bracketed and heads.isdisjoint("048") and "+86" not in text and " 0" not in text:
        return []
    found: list[Span] = []
    if ("8" in heads or "0" in heads or bracketed) and ("85" in text or "886" in text):
        found += _neighbours(text)
    if "+86" in text:
        found += matches(FIXED_ABROAD, text, "landline", lambda one: _is_fixed(f"0{one.group(1)}", one.group(2)))
    if "00" in text and ("4" in heads or "8" in heads):
        found += matches(SERVICE, text, "landline", always)
    if "0" in heads or bracketed or "+86" in text or " 0" in text:
        found += matches(TAIWAN_MOBILE, text, "tw_mobile", always) if "09" in text else []
        found += matches(FIXED, text, "landline", lambda one: _is_fixed(one.group(2), one.group(3)))
    return found


def _neighbours(text: str) -> Iterator[Span]:
    for found in NEIGHBOUR.finditer(text):
        kind, shape = NEIGHBOURS[found.group(2)]
        if shape.fullmatch(re.sub(r"[^0-9]", "", found.group(3))):
            yield found.start(), found.end(), kind


def _is_fixed(area: str, number: str) -> bool:
    """A known area code, and no date after it."""
    plain = re.sub(r"[^0-9]", "", number)
    return area in AREAS and not (plain.startswith("20") and is_date(plain))
