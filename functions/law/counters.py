"""What adds up. Records that say little alone say more together (NDR art. 28, State Secrets Law art. 36).

A counter is a rule of `rules/tiers.toml` with `counter`. Here is what one record adds to which. Whoever stores them
adds the increments, once for each record, and gives the sums of the record's own scopes to `tier.decide_tier`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from functions.law.tier import Rule, Tiers, names

ARCHIVE = b""
"""The scope of what is counted over all conversations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a record, without its text. People and conversations are keyed tokens."""

    kinds: Mapping[str, int]
    """How many findings of each kind."""
    lists: Collection[str]
    """`id@version` of every lexicon with a hit."""
    sensitive: int
    """How many findings are sensitive personal information."""
    people: Collection[bytes] = field(repr=False)
    """Whoever takes part or is named by an identifier."""
    conversation: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Increment:
    """One step of a counter: `by` more, or one more member unless it is counted already."""

    name: str
    scope: bytes = field(repr=False)
    by: int = 0
    member: bytes | None = field(default=None, repr=False)


def increments(facts: Facts, rules: Tiers) -> tuple[Increment, ...]:
    """Every counter that this record moves."""
    return tuple(step for rule, _ in rules.raising if rule.counter for step in _steps(rule.counter, rule, facts))


def _steps(name: str, rule: Rule, facts: Facts) -> Iterator[Increment]:
    scope = ARCHIVE if rule.scope == "archive" else facts.conversation
    if scope is None or not _concerns(rule, facts):
        return
    if rule.counts == "people":
        yield from (Increment(name=name, scope=scope, member=one) for one in sorted(set(facts.people)))
    elif by := _amount(rule, facts):
        yield Increment(name=name, scope=scope, by=by)


def _concerns(rule: Rule, facts: Facts) -> bool:
    by_list = not rule.lists or any(names(rule.lists, one) for one in facts.lists)
    return by_list and (not rule.kinds or any(facts.kinds.get(kind) for kind in rule.kinds))


def _amount(rule: Rule, facts: Facts) -> int:
    if rule.counts == "records":
        return 1
    if rule.counts == "sensitive":
        return facts.sensitive
    return sum(count for kind, count in facts.kinds.items() if not rule.kinds or kind in rule.kinds)
