"""What the words beside a number call it. The nearest word counts first."""

import re
from collections.abc import Iterator
from functools import cache

from functions.classify import tables

BEFORE = 28
AFTER = 16
OTHER = "other"
FILLER = re.compile(r"[\s:：=#是為为号號码碼noNO.（(\[【「\"'-]*")
BETWEEN = re.compile(r"[\s,，、/和或及与與&;；|-]*(?:and |or )?")
SENTENCE = re.compile(r"[。！？!?\n]")
POINTING = (
    r"[\s,，]*(?:[（(【\[]\s*(?:这|這)?(?:是)?|(?:这个?|這個?|就|也)*(?:是|為|为)|(?:is|are)\s+)"
    r"(?:我|你|您|他|她|客户|客戶|本人|公司|the|my|your|his|her|our)?(?:的|\s)*"
)


@cache
def _names() -> dict[str, str]:
    return {word.lower(): label for label, said in tables.labels().items() for word in said}


@cache
def word_pattern() -> str:
    """Every label's words, the longest first; Latin ones only whole."""
    longest = sorted(_names(), key=len, reverse=True)
    latin = "|".join(re.escape(word) for word in longest if word.isascii())
    han = "|".join(re.escape(word) for word in longest if not word.isascii())
    return rf"{han}|(?<![A-Za-z])(?:{latin})(?![A-Za-z])"


@cache
def _words() -> re.Pattern[str]:
    return re.compile(word_pattern(), re.IGNORECASE)


@cache
def _after() -> re.Pattern[str]:
    return re.compile(rf"{POINTING}({word_pattern()})", re.IGNORECASE)


@cache
def is_label(word: str) -> bool:
    """Whether letters before a number, with nothing between, name it: QQ12345678."""
    return _names().get(word.lower(), OTHER) != OTHER


def before(text: str, start: int, since: int) -> tuple[str, ...]:
    """Labels between `since` and `start`, in the same sentence and not far, the nearest first."""
    window = text[max(since, start - BEFORE) : start]
    for end in SENTENCE.finditer(window):
        window = " " * end.end() + window[end.end() :]
    return tuple(_names()[one.group().lower()] for one in _words().finditer(window))[::-1]


def after(text: str, end: int) -> Iterator[str]:
    """The label that a number is pointed at with: 12345678（QQ）, 12345678是我的QQ."""
    found = _after().match(text, end, end + AFTER)
    if found:
        yield _names()[found.group(1).lower()]


def called_other(text: str, start: int, since: int) -> bool:
    """Whether the words right before say that this is an order, an amount, a meeting."""
    window = text[max(since, start - BEFORE) : start]
    last = None
    for last in _words().finditer(window):
        pass
    if last is None or _names()[last.group().lower()] != OTHER:
        return False
    return FILLER.fullmatch(window, last.end()) is not None


def continues(text: str, since: int, start: int) -> bool:
    """Whether nothing but a list's own signs stand between two numbers."""
    return BETWEEN.fullmatch(text, since, start) is not None
