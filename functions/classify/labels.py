"""What the words beside a number call it. The nearest word counts first.

All words are looked for in one pass of one automaton, and with them the characters that say what else to look for.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from string import ascii_letters

from daachorse import MATCH_KIND_LEFTMOST_LONGEST, CharwiseDoubleArrayAhoCorasick

from functions.classify import tables
from functions.classify.fold import FOLDED, SPOKEN

BEFORE = 40
MOST = 12
"""So many words can stand that near."""
OTHER = "other"
FILLER = re.compile(r"[\s:：=#是为為号號码碼noNO.（(\-\[【「\"']*")
BETWEEN = re.compile(r"[\s,，、/和或及与與&;；|\-]*(?:and |or )?")
SURROGATE = re.compile("[\ud800-\udfff]")
SENTENCE = re.compile(r"[。！？!?\n]")
POINTING = re.compile(
    r"[\s,，]*(?:[（(【\[]\s*(?:这|這)?(?:是)?|(?:这个?|這個?|就|也)*(?:是|為|为)|(?:is|are)\s+)"
    r"(?:我|你|您|他|她|客户|客戶|本人|公司|the|my|your|his|her|our)?(?:的|\s)*"
)

Mention = tuple[int, int, str]
"""Start, end, label."""


def _spellings(word: str) -> set[str]:
    return {word, word.upper(), word.capitalize(), word.title()} if word.islower() else {word}


NAMES = {word: label for label, said in tables.labels().items() for word in said}
SPELT = {form: label for word, label in NAMES.items() for form in sorted(_spellings(word))}
LABELS = tuple(SPELT.values())
LATIN = tuple(form[-1].isascii() and form[-1].isalpha() and label != "key" for form, label in SPELT.items())
LETTERS = frozenset(ascii_letters)
NUMERALS_FROM = len(SPELT)
DIGITS_FROM = NUMERALS_FROM + len(SPOKEN)
FOLDED_FROM = DIGITS_FROM + 10
"""After the words come single characters: what may be a numeral, then digits, then what is not plain."""
WORDS = CharwiseDoubleArrayAhoCorasick([*SPELT, *SPOKEN, *"0123456789", *FOLDED], MATCH_KIND_LEFTMOST_LONGEST)


def mentions(text: str) -> list[Mention]:
    """Every word that names something, in order; Latin ones only whole."""
    found = search(text)
    return whole(text, found) if found else []


def search(text: str) -> list[tuple[int, int, int]]:
    """Start, end and number of each word and sign. The automaton takes no text with half a surrogate pair: that is no word."""
    try:
        return WORDS.find(text)
    except UnicodeEncodeError:
        return WORDS.find(SURROGATE.sub("\ufffd", text))


def whole(text: str, found: Sequence[tuple[int, int, int]]) -> list[Mention]:
    """What the automaton found, without what is but a part of a longer Latin word."""
    return [
        (start, end, LABELS[index])
        for start, end, index in found
        if index < NUMERALS_FROM
        and (not LATIN[index] or (text[start - 1 : start] not in LETTERS and text[end : end + 1] not in LETTERS))
    ]


def is_label(word: str) -> bool:
    """Whether letters before a number, with nothing between, name it: QQ12345678."""
    return NAMES.get(word.lower(), OTHER) != OTHER


def before(text: str, said: Sequence[Mention], start: int, since: int) -> tuple[str, ...]:
    """Labels between `since` and `start`, in the same sentence and not far, the nearest first."""
    first, last = bisect_left(said, (since,)), bisect_left(said, (start,))
    near = (one for one in reversed(said[max(first, last - MOST) : last]) if start - BEFORE <= one[1] <= start)
    return tuple(label for _, end, label in near if SENTENCE.search(text, end, start) is None)


def after(text: str, said: Sequence[Mention], end: int) -> Iterator[str]:
    """The label that a number is pointed at with: 12345678（QQ）, 12345678是我的QQ."""
    pointing = POINTING.match(text, end) if said and said[-1][0] >= end else None
    if pointing is not None:
        yield from (
            label for first, _, label in said[bisect_left(said, (pointing.end(),)) :][:1] if first == pointing.end()
        )


def called_other(text: str, said: Sequence[Mention], start: int, since: int) -> bool:
    """Whether the words right before say that this is an order, an amount, a meeting."""
    last = bisect_left(said, (start,)) - 1
    if last < 0 or said[last][0] < since or said[last][2] != OTHER:
        return False
    return FILLER.fullmatch(text, said[last][1], start) is not None


def continues(text: str, since: int, start: int) -> bool:
    """Whether nothing but a list's own signs stand between two numbers."""
    return BETWEEN.fullmatch(text, since, start) is not None
