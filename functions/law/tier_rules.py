"""The rules of tiers: the release's own (`rules/tiers.toml`) and what a policy adds to them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from functions.law.rulebook import Book, Cited, shipped
from functions.law.sections import TierPolicy
from functions.law.tier import Raise, Tiers

TierName = Literal["core", "important", "general", "work_secret"]
Degree = Literal["especially_serious", "serious", "ordinary"]
Id = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")]
PEOPLE = "people"
"""The counter of everybody the archive knows."""


class Rule(Cited):
    """A row of the matrix, the default, or what raises a record: exactly one of these."""

    object: Id | None = None
    degrees: dict[Degree, TierName] | None = None
    """A row: how the tier follows from the degree of the harm to this object (GB/T 43697-2024)."""

    default: TierName | None = None

    kinds: tuple[Id, ...] = ()
    lists: tuple[Id, ...] = ()
    marks: tuple[Id, ...] = ()
    counter: Id | None = None
    counts: Literal["people", "findings", "records", "sensitive"] | None = None
    scope: Literal["archive", "conversation"] | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None
    """Like the fields of `tier.Raise`."""
    tier: TierName | None = None
    harms: Id | None = None
    degree: Degree | None = None
    """It raises to `tier`, or to what the matrix says of harm to `harms` in this `degree`."""

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


def arrange(book: Book[Rule]) -> Tiers:
    """Raises ValueError unless there is one default, one row for each object, and a cell for every rule that asks."""
    rules = book.rules.values()
    defaults = [(rule.default, rule.id) for rule in rules if rule.default]
    objects = [rule.object for rule in rules if rule.object]
    if len(defaults) != 1 or len(set(objects)) != len(objects):
        raise ValueError("tier rules need one default, and one row for each object")
    matrix: dict[tuple[str | None, Degree | None], TierName] = {
        (rule.object, degree): tier for rule in rules for degree, tier in (rule.degrees or {}).items()
    }
    raising = [rule for rule in rules if rule.raises]
    counted = {(rule.counter, rule.counts, rule.scope, rule.kinds, rule.lists) for rule in raising if rule.counter}
    if len(counted) != len({counter for counter, *_ in counted}):
        raise ValueError("rules of one counter must count the same things in the same scope")
    unanswered = [rule.id for rule in raising if rule.harms and (rule.harms, rule.degree) not in matrix]
    if unanswered:
        raise ValueError(f"{unanswered[0]}: no row of the matrix answers `harms` and `degree`")
    led = (_raise(rule, rule.tier or matrix[rule.harms, rule.degree]) for rule in raising)
    return Tiers(book.version, *defaults[0], tuple(led))


def _raise(rule: Rule, tier: TierName) -> Raise:
    return Raise(
        rule=rule.id,
        tier=tier,
        kinds=rule.kinds,
        lists=rule.lists,
        marks=rule.marks,
        counter=rule.counter or "",
        counts=rule.counts or "records",
        scope=rule.scope or "archive",
        at_least=rule.at_least or 1,
    )


@cache
def tiers() -> Tiers:
    """Those this release ships."""
    return arrange(shipped("tiers", Rule))


@lru_cache(maxsize=16)
def under(policy: TierPolicy, version: str) -> Tiers:
    """The release's rules with the policy's. `version` is the policy's, and decisions name both: `2+0123456789ab…`."""
    rules = tiers()
    added = (*rules.raising, *_persons(policy), *_catalogue(policy))
    chosen = replace(rules, version=f"{rules.version}+{version}", raising=added)
    if policy.default == rules.default:
        return chosen
    return replace(chosen, default=policy.default, default_rule="policy.tiers.default")


def _persons(policy: TierPolicy) -> Iterator[Raise]:
    for tier, persons in (("important", policy.important_persons), ("core", policy.core_persons)):
        yield Raise(
            rule=f"policy.tiers.{tier}_persons",
            tier=tier,
            counter=PEOPLE,
            counts="people",
            scope="archive",
            at_least=persons,
        )


def _catalogue(policy: TierPolicy) -> Iterator[Raise]:
    for entry in policy.catalogue:
        yield Raise(
            rule=f"policy.tiers.catalogue.{entry.id}",
            tier=entry.tier,
            kinds=entry.kinds,
            lists=entry.lists,
            pattern=re.compile(entry.pattern) if entry.pattern else None,
            at_least=entry.at_least,
        )
