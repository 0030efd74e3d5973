"""One line of a lexicon: `take this offline`, `guarante*`, `push* w/5 price`.

A star at the end of a word takes whatever letters follow. `w/5` asks for both sides in either order with at most five
words between them; a Chinese character is a word.
"""

import re
from dataclasses import dataclass

from functions.classify.lexicon_fold import fold

LONGEST = 200
FARTHEST = 100
NEAR = re.compile(r"\s+w/([0-9]{1,4})\s+", re.IGNORECASE)
NEARLY = re.compile(r"(?:^|\s)w/[0-9]*(?:\s|$)", re.IGNORECASE)
CONTROLS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
LISTS_SPACES = " \t\u3000"


@dataclass(frozen=True, slots=True)
class Part:
    """What must stand in the folded text, at word limits where it begins or ends with an ASCII letter or digit."""

    literal: str
    prefix: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A line as listed and what it asks for: one part, or two with at most `within` words between."""

    text: str
    parts: tuple[Part, ...]
    within: int = 0

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for terms that find the same, so that no list says a thing twice."""
        return (self.within, *sorted(part.literal for part in self.parts))


def parse_term(text: str) -> Term:
    """Raises ValueError with the reason and what to do. Never quotes the term."""
    if CONTROLS.search(text):
        raise ValueError("control characters cannot be searched for; remove them")
    if not text.strip(LISTS_SPACES):
        raise ValueError("the term is empty; remove the line or write a term")
    if len(text) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters; shorten it")
    text = text.strip(LISTS_SPACES)
    return _near(text) if "/" in text else Term(text, (_part(text),))


def _near(text: str) -> Term:
    """With or without `w/`."""
    pieces = NEAR.split(text)
    if len(pieces) > 3 or any(NEARLY.search(piece) for piece in pieces[::2]):  # noqa: PLR2004 - left, number, right
        raise ValueError("proximity is written `A w/5 B`, once in a term")
    if len(pieces) == 1:
        return Term(text, (_part(text),))
    if not 1 <= int(pieces[1]) <= FARTHEST:
        raise ValueError(f"proximity is of 1 to {FARTHEST} words")
    return Term(text, (_part(pieces[0]), _part(pieces[2])), int(pieces[1]))


def _part(text: str) -> Part:
    literal = fold(text.removesuffix("*")).text
    if not literal.strip():
        raise ValueError("nothing to search for is left once case, width and invisible characters are folded")
    if "*" in literal:
        raise ValueError("a star stands only at the end of a term, where it takes the rest of the word")
    return Part(literal, text.endswith("*"))
