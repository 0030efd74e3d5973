"""What the words beside a number call it. The nearest word counts first.

All words are looked for in one pass of one automaton; most texts have none.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from daachorse import MATCH_KIND_LEFTMOST_LONGEST, CharwiseDoubleArrayAhoCorasick

from functions.classify import tables

BEFORE = 28
OTHER = "other"
FILLER = re.compile(r"[\s:：=#是为為号號码碼noNO.（(\-\[【「\"']*")
BETWEEN = re.compile(r"[\s,，、/和或及与與&;；|\-]*(?:and |or )?")
SENTENCE = re.compile(r"[。！？!?\n]")
POINTING = re.compile(
    r"[\s,，]*(?:[（(【\[]\s*(?:这|這)?(?:是)?|(?:这个?|這個?|就|也)*(?:是|為|为)|(?:is|are)\s+)"
    r"(?:我|你|您|他|她|客户|客戶|本人|公司|the|my|your|his|her|our)?(?:的|\s)*"
)

Mention = tuple[int, int, str]
"""Start, end, label."""


@cache
def _automaton() -> tuple[CharwiseDoubleArrayAhoCorasick, Sequence[str], dict[str, str]]:
    """The automaton, each of its patterns' label, and each word's label."""
    names = {word: label for label, said in tables.labels().items() for word in said}
    spelt = {form: label for word, label in names.items() for form in _spellings(word)}
    found = CharwiseDoubleArrayAhoCorasick(list(spelt), MATCH_KIND_LEFTMOST_LONGEST)
    return found, tuple(spelt.values()), names


def _spellings(word: str) -> set[str]:
    return {word, word.upper(), word.capitalize(), word.title()} if word.islower() else {word}


def mentions(text: str) -> list[Mention]:
    """Every word that names something, in order; Latin ones only whole."""
    automaton, names, _ = _automaton()
    found = automaton.find(text)
    return [(start, end, names[index]) for start, end, index in found if _is_whole(text, start, end)] if found else []


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no Latin letter goes on where the word begins or ends with one."""
    if start and _is_letter(text[start]) and _is_letter(text[start - 1]):
        return False
    return not (end < len(text) and _is_letter(text[end - 1]) and _is_letter(text[end]))


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def is_label(word: str) -> bool:
    """Whether letters before a number, with nothing between, name it: QQ12345678."""
    return _automaton()[2].get(word.lower(), OTHER) != OTHER


def before(text: str, said: Sequence[Mention], start: int, since: int) -> tuple[str, ...]:
    """Labels between `since` and `start`, in the same sentence and not far, the nearest first."""
    near = [one for one in said if since <= one[0] and start - BEFORE <= one[1] <= start]
    return tuple(label for _, end, label in reversed(near) if SENTENCE.search(text, end, start) is None)


def after(text: str, said: Sequence[Mention], end: int) -> Iterator[str]:
    """The label that a number is pointed at with: 12345678（QQ）, 12345678是我的QQ."""
    pointing = POINTING.match(text, end) if said and said[-1][0] >= end else None
    if pointing is not None:
        yield from (label for first, _, label in said if first == pointing.end())


def called_other(text: str, said: Sequence[Mention], start: int, since: int) -> bool:
    """Whether the words right before say that this is an order, an amount, a meeting."""
    near = [one for one in said if since <= one[0] and one[1] <= start]
    return bool(near) and near[-1][2] == OTHER and FILLER.fullmatch(text, near[-1][1], start) is not None


def continues(text: str, since: int, start: int) -> bool:
    """Whether nothing but a list's own signs stand between two numbers."""
    return BETWEEN.fullmatch(text, since, start) is not None
