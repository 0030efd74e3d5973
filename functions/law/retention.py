"""How long: `retain_until` is the first of a month, UTC, on or after the latest date any applicable rule gives.

Whole months, because each date is a segment of its own: a history imported day by day would else become a segment for
every day of it (docs/adr/0011).
"""

import calendar
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from functions.errors import Rejected

RULES = Path(__file__).parent / "rules" / "retention.toml"
PRC_SOURCES = frozenset({"prc_law", "prc_admin_reg", "prc_dept_rule"})
FLOOR = "policy.floor"
BELIEVED = timedelta(days=31)


class Rule(BaseModel):
    """One cited period."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(\.[a-z0-9]+)+$")]
    citation: Annotated[str, Field(min_length=10)]
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    legal_source: Literal["prc_law", "prc_admin_reg", "prc_dept_rule", "foreign", "contract", "policy"]
    clock: Literal["sent", "archived"]
    years: Annotated[int, Field(ge=0, le=100)] = 0
    months: Annotated[int, Field(ge=0, le=11)] = 0
    read: date

    @model_validator(mode="after")
    def _has_a_period(self) -> Self:
        if not (self.years or self.months):
            raise ValueError("give years or months")
        return self


class RuleFile(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, Field(min_length=1)]
    rule: Annotated[tuple[Rule, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """A version of the rules, by id."""

    version: str
    rules: Mapping[str, Rule]

    def choose(self, ids: Iterable[str]) -> tuple[Rule, ...]:
        """Raises Rejected naming an id that no rule has, and those there are."""
        unknown = sorted(set(ids) - set(self.rules))
        if unknown:
            raise Rejected(f"no retention rule {unknown[0]!r}; there are {', '.join(sorted(self.rules))}")
        return tuple(self.rules[one] for one in sorted(set(ids)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """A decision and its reasons."""

    retain_until: date
    """The first of a month. At 00:00 UTC of this day every rule has run out."""
    erasable: bool
    """Whether no rule with a PRC legal source is among the reasons."""
    reasons: tuple[tuple[str, date], ...]
    """Each rule that applied with the date it gives, longest first."""
    version: str


def parse_rules(text: str, *, name: str) -> RuleBook:
    """Raises Rejected with file, rule and reason."""
    try:
        document = RuleFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Rejected(f"{name}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise Rejected(f"{name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    ids = [rule.id for rule in document.rule]
    repeated = sorted({one for one in ids if ids.count(one) > 1})
    if repeated:
        raise Rejected(f"{name}: two rules have the id {repeated[0]}")
    return RuleBook(version=document.version, rules={rule.id: rule for rule in document.rule})


@cache
def rule_book() -> RuleBook:
    """The rules this release ships."""
    return parse_rules(RULES.read_text(encoding="utf-8"), name=RULES.name)


@lru_cache(maxsize=1024)
def decide(*, rules: tuple[Rule, ...], version: str, sent: date, archived: date, floor_days: int) -> Retention:
    """The longest rule wins. The floor keeps a lock from ever being shorter than the vault's policy asks for.

    `sent` and `archived` are first UTC midnights not before the moments (`midnight_after`). What a capture says
    about its own age is believed for a month: a later date, or a much earlier one, is a wrong clock or worse, and must
    not shorten a lock. Its clock starts when it was archived.
    """
    believed = timedelta() <= archived - sent <= BELIEVED
    starts = {"sent": sent if believed else archived, "archived": archived}
    dates = [(rule.id, _end(rule, starts[rule.clock])) for rule in rules]
    dates.append((FLOOR, archived + timedelta(days=floor_days + 1)))
    running = {one for one, end in dates if end > archived}
    return Retention(
        retain_until=_month_after(max(end for _, end in dates)),
        erasable=not any(rule.legal_source in PRC_SOURCES and rule.id in running for rule in rules),
        reasons=tuple(sorted(dates, key=lambda reason: (reason[1], reason[0]), reverse=True)),
        version=version,
    )


def midnight_after(moment: datetime) -> date:
    """The first UTC midnight that is not before the moment; on the last day there is, that day's."""
    moment = moment.astimezone(UTC)
    if moment.time() == time() or moment.date() == date.max:
        return moment.date()
    return moment.date() + timedelta(days=1)


def _month_after(day: date) -> date:
    """The first of a month that is not before the day."""
    if day.day == 1:
        return day
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _end(rule: Rule, start: date) -> date:
    """A date that a month does not have becomes the first of the next: never earlier than the rule says."""
    months = start.month - 1 + rule.months
    year, month = start.year + rule.years + months // 12, months % 12 + 1
    if start.day <= calendar.monthrange(year, month)[1]:
        return date(year, month, start.day)
    return date(year + month // 12, month % 12 + 1, 1)
