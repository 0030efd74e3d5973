"""Find identifiers in texts: runs of letters and digits first, then what a run of that length could be.

Full-width forms and zero-width characters are folded, one character at a time, so that offsets stay those of the text
as given. A run that was folded is found as its author meant it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from functions.classify.identifiers import BY_LENGTH

RULESET = "identifiers"
VERSION = "1"
RUN = re.compile(r"[0-9A-Za-z]{11,}")
SUSPICIOUS = re.compile("[\uff10-\uff3a\uff41-\uff5a\u200b-\u200d\u2060\ufeff\u2460-\u2468\U0001d7ce-\U0001d7ff]")
ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff")


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
    return tuple(found for field, text in enumerate(texts) for found in _scan_one(field, text))


def _scan_one(field: int, text: str) -> Iterator[Finding]:
    folded, origin = _fold(text) if SUSPICIOUS.search(text) else (text, None)
    for run in RUN.finditer(folded):
        start, end = run.span()
        kind = _kind(run.group())
        if kind:
            first, last = (start, end) if origin is None else (origin[start], origin[end - 1] + 1)
            yield Finding(kind=kind, field=field, start=first, end=last, rule=f"cn.{kind}@{VERSION}")


def _kind(run: str) -> str | None:
    return next((kind for kind, test in BY_LENGTH.get(len(run), ()) if test(run)), None)


def _fold(text: str) -> tuple[str, list[int]]:
    """The text with compatibility forms made plain and zero-width characters left out, and where each came from."""
    folded: list[str] = []
    origin: list[int] = []
    for position, character in enumerate(text):
        if character in ZERO_WIDTH:
            continue
        plain = unicodedata.normalize("NFKC", character) if ord(character) > 0x7F else character  # noqa: PLR2004
        folded.append(plain)
        origin.extend([position] * len(plain))
    return "".join(folded), origin
