"""What the words beside a number call it. The nearest word counts first.

All words are looked for in one pass of one automaton, and with them the characters that say what else to look for.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence, Set as AbstractSet
from operator import itemgetter
from string import ascii_letters

from daachorse import MATCH_KIND_LEFTMOST_LONGEST, CharwiseDoubleArrayAhoCorasick

from functions.classify import tables
from functions.classify.fold import FOLDED, SPOKEN

BEFORE = 40
MOST = 12
"""So many words can stand that near."""
OTHER = "other"
STOPS = frozenset({OTHER, "sum"})
"""What is nearer than a word takes the number back from it."""
POINTED = {"secret": "code"}
"""What a word says of the number before it, where that is not what it says of the number after it."""
FILLER = re.compile(r"[\s:：=#是为為号號码碼至到于於在日noNO.（(\-\[【「\"']*")
BETWEEN = re.compile(r"[\s,，、/和或及与與&;；|\-]*(?:and |or )?")
QUALIFIER = re.compile(r"(?:1[58]位)?[\u4e00-\u9fffA-Za-z ]{0,8}")
"""What may stand between the pointing and the word, and between two words."""
SURROGATE = re.compile("[\ud800-\udfff]")
SENTENCE = re.compile(r"[。！？!?；;…]|[^：:\s][ \t]*\n")
"""Where it ends; a line that ends with a colon goes on."""
CLAUSE = re.compile(r"[,，、]")
DECISIVE = frozenset({"account", "card"})
"""Words that, being nearer, take a number from one before the comma."""
POINTING = re.compile(
    r"[\s,，]*(?:[（(【\[]\s*(?:这|這)?(?:是)?|(?:这个?|這個?|就|也)*(?:是|為|为)|[这這][组組个個]|(?:is|are)\s+|\s*as\s+)"
    r"(?:我|你|您|他|她|客户|客戶|本人|公司|the|my|your|his|her|our)?(?:的|\s)*"
)

Sign = tuple[int, int, int]
"""Start, end, number of a word or a sign."""
Mention = tuple[int, int, str]
"""Start, end, label."""
END = itemgetter(1)


def _spellings(word: str) -> set[str]:
    if not word.islower():
        return {word}
    spelt = {word, word.upper(), word.capitalize(), word.title()}
    return spelt | {re.sub(r"\b[Ii]d\b", "ID", one) for one in spelt}


NAMES = {word: label for label, said in tables.labels().items() for word in said}
SPELT = {form: label for word, label in NAMES.items() for form in sorted(_spellings(word))}
LATIN = tuple(form[-1].isascii() and form[-1].isalpha() and label != "key" for form, label in SPELT.items())
LETTERS = frozenset(ascii_letters)
DIGIT, ALOUD, FORM, LINK = "digit", "read aloud", "not plain", "://"
WRITTEN, WECOM, PROVINCE, HOUSE = "@ or <", "head of a WeCom id", "head of a plate", "number of a house"
SIGNS = {
    **dict.fromkeys((f"{number:0{size}}" for size in (1, 2, 3) for number in range(10**size)), DIGIT),
    **dict.fromkeys(SPOKEN, ALOUD),
    **dict.fromkeys(FOLDED, FORM),
    **dict.fromkeys(("@", "<"), WRITTEN),
    **dict.fromkeys(("wm", "wo", "wr", "wb", "ww"), WECOM),
    **dict.fromkeys(tables.table("places")["plates"], PROVINCE),
    **dict.fromkeys("号號弄室", HOUSE),
    "://": LINK,
}
"""What says that there may be something to look for. Digits go three by three: a long number is few signs."""
SIGNS_FROM = len(SPELT)
MEANINGS = (*SPELT.values(), *SIGNS.values())
"""Of each word its label, of each sign its kind."""
WORDS = CharwiseDoubleArrayAhoCorasick([*SPELT, *SIGNS], MATCH_KIND_LEFTMOST_LONGEST)


def mentions(text: str) -> list[Mention]:
    """Every word that names something, in order; Latin ones only whole."""
    found = search(text)
    return whole(text, found) if found else []


def search(text: str) -> list[Sign]:
    """Start, end and number of each word and sign. The automaton refuses half a surrogate pair, which is no word."""
    try:
        return WORDS.find(text)
    except UnicodeEncodeError:
        return WORDS.find(SURROGATE.sub("\ufffd", text))


def seen(found: Sequence[Sign]) -> AbstractSet[str]:
    """The labels and kinds of signs that are there."""
    return {MEANINGS[index] for _, _, index in found}


def whole(text: str, found: Sequence[Sign]) -> list[Mention]:
    """What the automaton found, without what is but a part of a longer Latin word."""
    return [
        (start, end, MEANINGS[index])
        for start, end, index in found
        if index < SIGNS_FROM
        and (not LATIN[index] or (text[start - 1 : start] not in LETTERS and text[end : end + 1] not in LETTERS))
    ]


def is_label(word: str) -> bool:
    """Whether letters beside a number, with nothing between, name it: QQ12345678."""
    return NAMES.get(word.lower(), OTHER) != OTHER


def before(text: str, said: Sequence[Mention], start: int, since: int) -> tuple[str, ...]:
    """Labels between `since` and `start`, in the same sentence and not far, the nearest first."""
    last = bisect_right(said, start, key=END)
    near, nearest = list[str](), start
    for first, end, label in reversed(said[max(0, last - MOST) : last]):
        if first < since or end < start - BEFORE:
            break
        if SENTENCE.search(text, end, start) or (near and near[-1] in DECISIVE and CLAUSE.search(text, end, nearest)):
            break
        near.append(label)
        nearest = first
    return tuple(near)


def after(text: str, said: Sequence[Mention], end: int) -> tuple[str, ...]:
    """The labels that a number is pointed at with: 12345678（QQ）, 12345678是我的QQ, 12345678（公司收款账号）."""
    pointing = POINTING.match(text, end) if said and said[-1][0] >= end else None
    if pointing is None:
        return ()
    at, pointed = pointing.end(), list[str]()
    for first, last, label in said[bisect_left(said, (at,)) :]:
        if QUALIFIER.fullmatch(text, at, first) is None:
            break
        pointed.append(POINTED.get(label, label))
        at = last
    return tuple(pointed)


def called(name: str, text: str, said: Sequence[Mention], start: int, since: int) -> bool:
    """Whether the word right before calls it so: `other`, an order, an amount, a meeting; `date`."""
    last = bisect_left(said, (start,)) - 1
    if last < 0 or said[last][0] < since or said[last][2] != name:
        return False
    return FILLER.fullmatch(text, said[last][1], start) is not None


def continues(text: str, since: int, start: int) -> bool:
    """Whether nothing but a list's own signs stand between two numbers."""
    return BETWEEN.fullmatch(text, since, start) is not None
