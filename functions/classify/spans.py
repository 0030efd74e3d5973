"""Places in a text: where a kind of identifier begins and ends."""

import re
from collections.abc import Callable, Iterable, Iterator

Span = tuple[int, int, str]
"""Start, end, kind."""


def always(_found: re.Match[str]) -> bool:
    """The pattern says enough."""
    return True


def matches(pattern: re.Pattern[str], text: str, kind: str, test: Callable[[re.Match[str]], bool]) -> Iterator[Span]:
    """Where the pattern is found and the test holds."""
    for found in pattern.finditer(text):
        if test(found):
            yield found.start(), found.end(), kind


def apart(spans: Iterable[Span]) -> list[Span]:
    """One kind for a place: the longest wins, then the one given first. In order of their places."""
    chosen: list[Span] = []
    for span in sorted(spans, key=lambda one: one[0] - one[1]):
        if not any(span[0] < end and start < span[1] for start, end, _ in chosen):
            chosen.append(span)
    return sorted(chosen)
