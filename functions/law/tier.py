"""The data tier (DSL art. 21, GB/T 43697-2024): core, important or general, and work_secret beside them.

The order is core, important, work_secret, general, and the highest wins. A work secret (State Secrets Law art. 64) asks
for restricted access; core and important data ask for that and more (DSL art. 21, 27, 30, 36), so they stand above it.
Every rule that applied is among the reasons, so that a work secret within important data is still known to be one.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from functions.law.rulebook import Book, Cited, shipped

TIERS = ("core", "important", "general", "work_secret")
ORDER = ("general", "work_secret", "important", "core")
"""Lowest first."""

TierName = Literal["core", "important", "general", "work_secret"]
Degree = Literal["especially_serious", "serious", "ordinary"]
Id = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")]


class Rule(Cited):
    """A row of the matrix, the default, or what raises a record: exactly one of these."""

    object: Id | None = None
    degrees: dict[Degree, TierName] | None = None
    """A row: how the tier follows from the degree of the harm to this object (GB/T 43697-2024)."""

    default: TierName | None = None

    kinds: tuple[Id, ...] = ()
    lists: tuple[Id, ...] = ()
    """Lexicons, each by its id or by what its id begins with: `catalogue` is every `catalogue.…`."""
    marks: tuple[Id, ...] = ()
    counter: Id | None = None
    """What raises is a sum (`law.counters`); `kinds` and `lists`, where given, are then what is counted."""
    counts: Literal["people", "findings", "records", "sensitive"] | None = None
    scope: Literal["archive", "conversation"] | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None
    tier: TierName | None = None
    harms: Id | None = None
    degree: Degree | None = None
    """What is found raises to `tier`, or to what the matrix says of harm to `harms` in this `degree`."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if [self.degrees is not None, self.default is not None, self.raises].count(True) != 1:
            raise ValueError("give a row of the matrix, the default, or what raises the tier")
        if (self.object is None) != (self.degrees is None):
            raise ValueError("give `object` and `degrees` together")
        if len({value is None for value in (self.counter, self.counts, self.scope, self.at_least)}) != 1:
            raise ValueError("give `counter`, `counts`, `scope` and `at_least` together")
        self._leads_to_a_tier()
        return self

    def _leads_to_a_tier(self) -> None:
        if (self.harms is None) != (self.degree is None):
            raise ValueError("give `harms` and `degree` together")
        if [self.tier is not None, self.harms is not None].count(True) != int(self.raises):
            raise ValueError("what raises gives `tier`, or `harms` and `degree`; nothing else does")

    @property
    def raises(self) -> bool:
        return bool(self.kinds or self.lists or self.marks or self.counter)


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that applied, to which tier, and on what: `list:catalogue.x@1`, `kind:…`, `mark:…`, `counter:…`."""

    tier: str
    rule: str
    on: str


@dataclass(frozen=True, slots=True)
class Tier:
    """A decision and the rule that made it."""

    name: str
    rule: str
    version: str
    reasons: tuple[Reason, ...] = ()


DEFAULT = Tier("general", "tier.default", "1")


@dataclass(frozen=True, slots=True)
class Tiers:
    """The rules, checked as a whole."""

    version: str
    default: Rule
    raising: tuple[tuple[Rule, str], ...]
    """Each with the tier it leads to."""


def arrange(book: Book[Rule]) -> Tiers:
    """Raises ValueError unless there is one default, one row for each object, and a cell for every rule that asks."""
    rules = book.rules.values()
    defaults = [rule for rule in rules if rule.default]
    objects = [rule.object for rule in rules if rule.object]
    if len(defaults) != 1 or len(set(objects)) != len(objects):
        raise ValueError("tier rules need one default, and one row for each object")
    matrix: dict[tuple[str | None, Degree | None], TierName] = {
        (rule.object, degree): tier for rule in rules for degree, tier in (rule.degrees or {}).items()
    }
    raising = [rule for rule in rules if rule.raises]
    unanswered = [rule.id for rule in raising if rule.harms and (rule.harms, rule.degree) not in matrix]
    if unanswered:
        raise ValueError(f"{unanswered[0]}: no row of the matrix answers `harms` and `degree`")
    led = ((rule, rule.tier or matrix[rule.harms, rule.degree]) for rule in raising)
    return Tiers(book.version, defaults[0], tuple(led))


@cache
def tiers() -> Tiers:
    """Those this release ships."""
    return arrange(shipped("tiers", Rule))


def decide_tier(
    *,
    kinds: Collection[str],
    lists: Collection[str],
    marks: Collection[str],
    counters: Mapping[str, int],
    rules: Tiers,
) -> Tier:
    """The highest that any rule gives. `lists` are `id@version`, `marks` the codes of `classify.marks`."""
    reasons = [*_found(kinds=kinds, lists=lists, marks=marks, rules=rules), *raised(counters, rules)]
    default = rules.default.default or "general"
    if not reasons:
        return Tier(default, rules.default.id, rules.version)
    reasons.sort(key=lambda reason: (-ORDER.index(reason.tier), reason.rule, reason.on))
    highest = max(reasons[0].tier, default, key=ORDER.index)
    winner = reasons[0].rule if reasons[0].tier == highest else rules.default.id
    return Tier(highest, winner, rules.version, tuple(dict.fromkeys(reasons)))


def raised(counters: Mapping[str, int], rules: Tiers) -> tuple[Reason, ...]:
    """What aggregation alone raises. `counters` hold the values that stand for this record's scopes, it included."""
    return tuple(
        Reason(tier, rule.id, f"counter:{rule.counter}={counters[rule.counter]}")
        for rule, tier in rules.raising
        if rule.counter and counters.get(rule.counter, 0) >= (rule.at_least or 0)
    )


def _found(*, kinds: Collection[str], lists: Collection[str], marks: Collection[str], rules: Tiers) -> Iterator[Reason]:
    for rule, tier in ((rule, tier) for rule, tier in rules.raising if not rule.counter):
        yield from (Reason(tier, rule.id, f"kind:{one}") for one in sorted(set(kinds) & set(rule.kinds)))
        yield from (Reason(tier, rule.id, f"mark:{one}") for one in sorted(set(marks) & set(rule.marks)))
        yield from (Reason(tier, rule.id, f"list:{one}") for one in sorted(lists) if names(rule.lists, one))


def names(ids: Collection[str], label: str) -> bool:
    """Whether a lexicon's `id@version` is one of these, or begins like one of them."""
    one = label.partition("@")[0]
    return any(one == id_ or one.startswith(f"{id_}.") for id_ in ids)
