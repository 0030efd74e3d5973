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
MIDNIGHT = time()

Clock = Literal[
    "sent",
    "archived",
    "account_closed",
    "approved",
    "certificate_expired",
    "contract_ended",
    "engagement_ended",
    "fiscal_year_end",
    "last_used",
    "purpose_done",
    "relationship_ended",
    "swap_terminated",
    "transaction_done",
]
"""From when the years run. All but the first two are events that somebody has to record (docs/adr/0020)."""
RecordClass = Literal[
    "accounting",
    "business",
    "call",
    "certificate",
    "communication",
    "complaint",
    "customer",
    "marketing",
    "network_log",
    "order",
    "personal_information",
    "processing_record",
    "registration",
    "suitability",
    "swap",
    "trade",
]


class Rule(BaseModel):
    """One cited period; or a ceiling, which has none and only says that there should be no more than others ask for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(\.[a-z0-9]+)+$")]
    citation: Annotated[str, Field(min_length=10)]
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    legal_source: Literal["prc_law", "prc_admin_reg", "prc_dept_rule", "foreign", "contract", "policy"]
    kind: Literal["floor", "ceiling"] = "floor"
    clock: Clock
    years: Annotated[int, Field(ge=0, le=100)] = 0
    months: Annotated[int, Field(ge=0, le=11)] = 0
    applies_to: Annotated[frozenset[RecordClass], Field(min_length=1)]
    """Classes of records that the period is for."""
    need: Annotated[str, Field(min_length=1)] | None = None
    """What else the rule asks of the storage."""
    dual_regime: bool = False
    """Kept in the mainland for an authority outside it: its inspection is itself a transfer (DSL 36, PIPL 41)."""
    confirmed: bool = True
    """Whether the period was read in the text, and not remembered."""
    read: date

    @model_validator(mode="after")
    def _has_a_period_or_is_a_ceiling(self) -> Self:
        if bool(self.years or self.months) == (self.kind == "ceiling"):
            raise ValueError("give years or months; a ceiling has neither")
        return self

    def explain(self) -> str:
        """For a person: the citation, whose it is, and whether somebody has read it."""
        doubt = "" if self.confirmed else ", from memory and not confirmed: read the text before relying on it"
        return f"{self.citation} ({self.jurisdiction}, {self.legal_source}, {self.read}{doubt})"


class RuleFile(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, Field(min_length=1)]
    rule: Annotated[tuple[Rule, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, eq=False)
class RuleBook:
    """A version of the rules, by id. There is one of each, so that decisions can be remembered by it."""

    version: str
    rules: Mapping[str, Rule]

    def choose(self, ids: Iterable[str]) -> tuple[Rule, ...]:
        """Raises Rejected naming an id that no rule has, and those there are."""
        unknown = sorted(set(ids) - set(self.rules))
        if unknown:
            raise Rejected(f"no retention rule {unknown[0]!r}; there are {', '.join(sorted(self.rules))}")
        return tuple(self.rules[one] for one in sorted(set(ids)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """A ceiling that is passed: kept longer than any period asks for."""

    rule: str
    needed_until: date
    kept_until: date


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
    waiting: tuple[tuple[str, str], ...] = ()
    """Rules whose event has not happened, and the event: their dates are the least, and will be extended."""
    excess: tuple[Excess, ...] = ()
    dual_regime: bool = False


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
def decide(
    *,
    rules: tuple[Rule, ...],
    version: str,
    sent: date,
    archived: date,
    floor_days: int,
    classes: frozenset[str] | None = None,
    events: tuple[tuple[str, date], ...] = (),
) -> Retention:
    """The longest rule wins. The floor keeps a lock from ever being shorter than the vault's policy asks for.

    `sent` and `archived` are first UTC midnights not before the moments (`midnight_after`). What a capture says
    about its own age is believed for a month: a later date, or a much earlier one, is a wrong clock or worse, and must
    not shorten a lock. Its clock starts when it was archived.

    `classes` are the record's, None where nobody has said: then every rule applies. `events` are those that have
    happened; one that has not counts as happening on the day of archiving, which is the earliest it can still be.
    """
    believed = timedelta() <= archived - sent <= BELIEVED
    starts = {"sent": sent if believed else archived, "archived": archived}
    starts |= {clock: max(happened, archived) for clock, happened in events}
    applying = [rule for rule in rules if classes is None or rule.applies_to & classes]
    floors = [rule for rule in applying if rule.kind == "floor"]
    dates = [(rule.id, _end(rule, starts.get(rule.clock, archived))) for rule in floors]
    running = {one for one, end in dates if end > archived}
    needed = _month_after(max((end for _, end in dates), default=archived))
    dates.append((FLOOR, archived + timedelta(days=floor_days + 1)))
    retain_until = _month_after(max(end for _, end in dates))
    return Retention(
        retain_until=retain_until,
        erasable=not any(rule.legal_source in PRC_SOURCES and rule.id in running for rule in floors),
        reasons=tuple(sorted(dates, key=lambda reason: (reason[1], reason[0]), reverse=True)),
        version=version,
        waiting=tuple((rule.id, rule.clock) for rule in floors if rule.clock not in starts),
        excess=_excess(applying, needed, retain_until),
        dual_regime=any(rule.dual_regime for rule in floors if rule.id in running),
    )


def until_after(rule: Rule, happened: date) -> date:
    """The date that an event gives, once it has happened: the first of a month."""
    return _month_after(_end(rule, happened))


def _excess(rules: Iterable[Rule], needed: date, kept: date) -> tuple[Excess, ...]:
    if kept <= needed:
        return ()
    ceilings = [rule.id for rule in rules if rule.kind == "ceiling"]
    return tuple(Excess(rule=one, needed_until=needed, kept_until=kept) for one in ceilings)


def midnight_after(moment: datetime) -> date:
    """The first UTC midnight that is not before the moment; on the last day there is, that day's."""
    moment = moment.astimezone(UTC)
    if moment.time() == MIDNIGHT or moment.date() == date.max:
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
