"""Places in a text: where a kind of identifier begins and ends."""

import re
from collections.abc import Callable

Place = tuple[int, int]
"""Start, end."""
Span = tuple[int, int, str]
"""Start, end, kind."""


def always(_found: re.Match[str]) -> bool:
    """The pattern says enough."""
    return True


def matches(pattern: re.Pattern[str], text: str, kind: str, test: Callable[[re.Match[str]], bool]) -> list[Span]:
    """Where the pattern is found and the test holds."""
    return [(*found.span(), kind) for found in pattern.finditer(text) if test(found)]


def apart(spans: list[Span]) -> list[Span]:
    """One kind for a place: of two that overlap the longer wins, then the one that begins first. In order."""
    if len(spans) < 2:  # noqa: PLR2004 - what overlaps
        return spans
    chosen: list[Span] = []
    for span in sorted(spans, key=lambda one: (one[0], -one[1], one[2])):
        if not chosen or span[0] >= chosen[-1][1]:
            chosen.append(span)
        elif span[1] - span[0] > chosen[-1][1] - chosen[-1][0]:
            chosen[-1] = span
    return chosen
