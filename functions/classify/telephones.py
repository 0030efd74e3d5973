"""Telephones known by how they are written: area codes and hyphens, service numbers, the neighbours' country codes."""

import re
from collections.abc import Iterator

from functions.classify.identifiers import is_date
from functions.classify.rules import AREAS
from functions.classify.spans import Span, always, matches

FIXED = re.compile(
    r"(?<![0-9A-Za-z+\-.])[（(]?(?:\+?86[ \-]?)?[（(]?(0[12][0-9]|0[3-9][0-9]{2})(?:[）)] ?| ?[\-–—] ?| )"
    r"([2-9][0-9]{6,7}|[2-9][0-9]{2,3}[ \-][0-9]{4})(?: ?(?:-|转|轉|ext\.?|x) ?[0-9]{1,6})?(?![0-9A-Za-z]|-[0-9])"
)
FIXED_ABROAD = re.compile(
    r"\+86[ \-](10|2[0-9]|[3-9][0-9]{2})[ \-]([2-9][0-9]{6,7}|[2-9][0-9]{2,3}[ \-][0-9]{4})(?![0-9A-Za-z]|-[0-9])"
)
SERVICE = re.compile(r"(?<![0-9A-Za-z+\-.])[48]00(?:[ \-][0-9]{3}[ \-]?[0-9]{4}|[ \-][0-9]{4}[ \-][0-9]{3})(?![0-9A-Za-z]|-[0-9])")
NEIGHBOUR = re.compile(
    r"(?:(?:\+|(?<![0-9])00) ?|(?<![0-9A-Za-z+])[（(]\+?|(?<![0-9A-Za-z+.\-])(?=[0-9]{3}[ \-]))(85[23]|886)[)）]?[ \-]{0,2}"
    r"([0-9]{4}[ \-]?[0-9]{4}|0?9[0-9]{2}[ \-]?[0-9]{3}[ \-]?[0-9]{3})(?![0-9A-Za-z]|-[0-9])"
)
TAIWAN_MOBILE = re.compile(r"(?<![0-9A-Za-z+\-.])09[0-9]{2}([ \-])[0-9]{3}\1[0-9]{3}(?![0-9A-Za-z]|[\-.][0-9])")
NEIGHBOURS = {"852": ("hk_mobile", re.compile(r"[4-9][0-9]{7}")), "853": ("mo_mobile", re.compile(r"6[0-9]{7}"))}
NEIGHBOURS["886"] = ("tw_mobile", re.compile(r"0?9[0-9]{8}"))


def find(text: str) -> Iterator[Span]:
    """Cheap looks first."""
    if "0" not in text and "+" not in text and "8" not in text:
        return
    if "85" in text or "886" in text:
        yield from _neighbours(text)
    if "+86" in text:
        yield from matches(FIXED_ABROAD, text, "landline", lambda found: _is_fixed(f"0{found.group(1)}", found.group(2)))
    if "00" in text:
        yield from matches(SERVICE, text, "landline", always)
    if "09" in text:
        yield from matches(TAIWAN_MOBILE, text, "tw_mobile", always)
    if "0" in text:
        yield from matches(FIXED, text, "landline", lambda found: _is_fixed(found.group(1), found.group(2)))


def _neighbours(text: str) -> Iterator[Span]:
    for found in NEIGHBOUR.finditer(text):
        kind, shape = NEIGHBOURS[found.group(1)]
        if shape.fullmatch(re.sub(r"[^0-9]", "", found.group(2))):
            yield found.start(), found.end(), kind


def _is_fixed(area: str, number: str) -> bool:
    """A known area code, and no date after it."""
    return area in AREAS and not is_date(re.sub(r"[^0-9]", "", number))
