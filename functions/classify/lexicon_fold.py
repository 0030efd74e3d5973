"""Texts as lexicons and marks see them: NFKC and case folded one character at a time, invisible characters left out.

Character by character, so that offsets can be led back. Full-width punctuation that is no letter, digit or space of the
Latin kind stays as it is: it is what Chinese is written with, and to fold it would cost every text a pass.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

KEPT = frozenset("，。：；！？（）～")
UNUSUAL = re.compile(
    "[^\x00-\x7f\u2014\u201c\u201d\u3001-\u3011\u3014\u3015\u4e00-\u9fff，。：；！？（）～★☆⭐\U0001f300-\U0001f64f]"
)
"""What one pass of the machine cannot show to be its own fold, but for the case of ASCII letters."""
VARIATION_SELECTORS = range(0xFE00, 0xFE10)
ALIKE = {"’": "'", "‘": "'", "‐": "-", "‑": "-"}
"""What NFKC keeps apart and people do not."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that knows where each of its characters came from."""

    text: str
    origin: tuple[int, ...] | None
    """Where each character stood; None where every one stands where it stood."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """From offsets of the folded text to offsets of the text as given, without invisible characters around."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1

    def whole(self, start: int, end: int) -> bool:
        """Whether no character that stands for several (㎏) is cut."""
        if self.origin is None:
            return True
        cut_before = start > 0 and self.origin[start - 1] == self.origin[start]
        return not cut_before and (end == len(self.origin) or self.origin[end - 1] != self.origin[end])


def fold(text: str) -> Folded:
    """Total: what cannot be encoded becomes U+FFFD."""
    if UNUSUAL.search(text) is None:
        return Folded(text.lower(), None)
    folded: list[str] = []
    origin: list[int] = []
    for position, character in enumerate(text):
        plain = _fold_one(character)
        folded.append(plain)
        origin.extend([position] * len(plain))
    return Folded("".join(folded), tuple(origin))


@lru_cache(maxsize=4096)
def _fold_one(character: str) -> str:
    if character in KEPT:
        return character
    if unicodedata.category(character) in {"Cf", "Cs"} or ord(character) in VARIATION_SELECTORS:
        return "\ufffd" if "\ud800" <= character <= "\udfff" else ""
    return unicodedata.normalize("NFKC", ALIKE.get(character, character)).casefold()
