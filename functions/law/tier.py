"""The data tier (DSL art. 21, GB/T 43697-2024): core, important or general, and work_secret beside them.

The order is core, important, work_secret, general, and the highest wins. A work secret (State Secrets Law art. 64) asks
for restricted access; core and important data ask for that and more (DSL art. 21, 27, 30, 36), so they stand above it.
Every rule that applied is among the reasons, so that a work secret within important data is still known to be one.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

TIERS = ("core", "important", "general", "work_secret")
ORDER = ("general", "work_secret", "important", "core")
"""Lowest first."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """What raises a record to `tier`: things found in it, `at_least` so many together; or a counter at `at_least`."""

    rule: str
    tier: str
    kinds: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    """Lexicons, each by its id or by what its id begins with: `catalogue` is every `catalogue.…`."""
    marks: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    at_least: int = 1
    counter: str = ""
    """A sum over records (`law.counters`). `kinds` and `lists`, where given, then say which records count."""
    counts: Literal["people", "findings", "records", "sensitive"] = "records"
    scope: Literal["archive", "conversation"] = "archive"


@dataclass(frozen=True, slots=True)
class Tiers:
    """The rules, checked as a whole."""

    version: str
    default: str
    default_rule: str
    raising: tuple[Raise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is in a record, as numbers of hits. Nothing of its text but what policies' patterns look at."""

    kinds: Mapping[str, int]
    lists: Mapping[str, int]
    """By `id@version`."""
    marks: Collection[str]
    """Codes of `classify.marks`."""
    folded: Sequence[str] = ()
    """The texts as lexicons see them."""


def decide_tier(found: Found, *, counters: Mapping[str, int], rules: Tiers) -> Tier:
    """The highest that any rule gives. `counters` hold the sums of this record's scopes, itself included."""
    anything = bool(found.kinds or found.lists or found.marks)
    asked = [rule for rule in rules.raising if (anything or rule.pattern) and not rule.counter]
    reasons = [reason for rule in asked for reason in _reasons(rule, found)]
    reasons += raised(counters, rules) if counters else ()
    reasons.sort(key=lambda reason: (-ORDER.index(reason.tier), reason.rule, reason.on))
    if reasons and ORDER.index(reasons[0].tier) > ORDER.index(rules.default):
        return Tier(reasons[0].tier, reasons[0].rule, rules.version, tuple(reasons))
    return Tier(rules.default, rules.default_rule, rules.version, tuple(reasons))


def raised(counters: Mapping[str, int], rules: Tiers) -> tuple[Reason, ...]:
    """What aggregation alone raises."""
    return tuple(
        Reason(rule.tier, rule.rule, f"counter:{rule.counter}={counters[rule.counter]}")
        for rule in rules.raising
        if rule.counter and counters.get(rule.counter, 0) >= rule.at_least
    )


def _reasons(rule: Raise, found: Found) -> tuple[Reason, ...]:
    hits = dict(_hits(rule, found))
    return tuple(Reason(rule.tier, rule.rule, on) for on in hits) if sum(hits.values()) >= rule.at_least else ()


def _hits(rule: Raise, found: Found) -> Iterator[tuple[str, int]]:
    yield from ((f"kind:{kind}", found.kinds[kind]) for kind in rule.kinds if found.kinds.get(kind))
    yield from ((f"list:{label}", count) for label, count in found.lists.items() if names(rule.lists, label))
    yield from ((f"mark:{mark}", 1) for mark in rule.marks if mark in found.marks)
    if rule.pattern:
        count = sum(1 for text in found.folded for _ in rule.pattern.finditer(text))
        yield from [("pattern", count)] if count else []


def names(ids: Collection[str], label: str) -> bool:
    """Whether a lexicon's `id@version` is one of these, or begins like one of them."""
    one = label.partition("@")[0]
    return any(one == id_ or one.startswith(f"{id_}.") for id_ in ids)
