"""Which findings are sensitive personal information, by each profile of `rules/sensitive.toml`, and whose: minors.

More than one profile is decided at once, because what must be stored safely and what is counted at the border differ.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Annotated

from pydantic import Field

from functions.law.rulebook import Book, Cited, shipped

CHINA = timezone(timedelta(hours=8))
RESIDENT_ID = re.compile(r"[0-9]{6}((?:18|19|20)[0-9]{2})([0-9]{2})([0-9]{2})[0-9]{3}[0-9X]")  # GB 11643-1999 §3
NUMERALS = str.maketrans("〇零○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "0001234567891123456789")
MINORS = "minors"
COMMUNICATIONS = "communications"


class Rule(Cited):
    """A profile: which category each kind of finding belongs to."""

    categories: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]]
    minors_under: Annotated[int, Field(ge=1, le=18)]
    """Years. Every finding about somebody younger is sensitive."""
    whole_chat: bool
    """Whether a communication is sensitive by being one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitive:
    """What one profile says. Holds categories and counts, nothing of the text."""

    profile: str
    rule: str
    version: str
    categories: tuple[str, ...]
    findings: int
    """How many findings fall into any category; all of them, where somebody is a minor."""
    minors: int


def profiles() -> Book[Rule]:
    """Those this release ships."""
    return shipped("sensitive", Rule)


def classify_sensitive(
    kinds: Mapping[str, int], *, born: Iterable[date], at: datetime, rule: Rule, version: str
) -> Sensitive:
    """`kinds` count the findings of each, `born` are the birth dates among them, `at` is the message's time."""
    by_kind = {kind: category for category, members in rule.categories.items() for kind in members}
    found = {by_kind[kind] for kind, count in kinds.items() if count and kind in by_kind}
    day = at.astimezone(CHINA).date()
    minors = sum(1 for one in born if is_minor(one, day, under=rule.minors_under))
    found |= ({MINORS} if minors else set()) | ({COMMUNICATIONS} if rule.whole_chat else set())
    counted = (count for kind, count in kinds.items() if minors or kind in by_kind)
    return Sensitive(
        profile=rule.id.rpartition(".")[2],
        rule=rule.id,
        version=version,
        categories=tuple(sorted(found)),
        findings=sum(counted),
        minors=minors,
    )


def birth_date(resident_id: str) -> date | None:
    """Of an 18-digit number however it was written; None where that holds no date. 15 digits are of before 1999."""
    plain = unicodedata.normalize("NFKC", resident_id).translate(NUMERALS).upper()
    match = RESIDENT_ID.fullmatch(re.sub("[^0-9X]", "", plain))
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


def is_minor(born: date, day: date, *, under: int) -> bool:
    """Full years are reached on the day after the birthday: Fa Shi [2006] No. 1, art. 2 (read 2026-11)."""
    try:
        birthday = born.replace(year=born.year + under)
    except ValueError:  # 29 February, or the end of the calendar
        birthday = date(born.year + under, 3, 1) if born.year + under <= date.max.year else date.max
    return born <= day <= birthday
