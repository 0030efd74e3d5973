"""What adds up. Records that say little alone say more together (NDR art. 28, State Secrets Law art. 36).

A counter is a rule of `rules/tiers.toml` with `counter`. Here is what one record adds to which. Whoever stores them
adds the increments, once for each record, and gives the sums of the record's own scopes to `tier.decide_tier`.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from functions.law.tier import Found, Raise, Tiers, names

ARCHIVE = b""
"""The scope of what is counted over all conversations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Increment:
    """One step of a counter: `by` more, or one more member unless it is counted already. Tokens, never accounts."""

    name: str
    scope: bytes = field(repr=False)
    by: int = 0
    member: bytes | None = field(default=None, repr=False)


def increments(
    found: Found, *, sensitive: int, people: Collection[bytes], conversation: bytes | None, rules: Tiers
) -> tuple[Increment, ...]:
    """Every counter that this record moves, each once.

    `sensitive` is how many findings are sensitive; `people` are keyed tokens of whoever takes part or is named by an
    identifier, `conversation` is one too.
    """
    counters = {rule.counter: rule for rule in rules.raising if rule.counter and _concerns(rule, found)}
    amounts = {"records": 1, "sensitive": sensitive}
    steps: list[Increment] = []
    for name, rule in counters.items():
        scope = ARCHIVE if rule.scope == "archive" else conversation
        if scope is None:
            continue
        if rule.counts == "people":
            steps += (Increment(name=name, scope=scope, member=one) for one in sorted(set(people)))
        else:
            steps.append(Increment(name=name, scope=scope, by=amounts.get(rule.counts, _findings(rule, found))))
    return tuple(step for step in steps if step.by or step.member is not None)


def scopes(conversation: bytes | None, rules: Tiers) -> dict[str, bytes]:
    """Where the sum of each counter stands that concerns a record of this conversation."""
    where = {"archive": ARCHIVE, "conversation": conversation}
    every = ((rule.counter, where[rule.scope]) for rule in rules.raising if rule.counter)
    return {name: scope for name, scope in every if scope is not None}


def _concerns(rule: Raise, found: Found) -> bool:
    by_list = not rule.lists or any(names(rule.lists, one) for one in found.lists)
    return by_list and (not rule.kinds or any(found.kinds.get(kind) for kind in rule.kinds))


def _findings(rule: Raise, found: Found) -> int:
    return sum(count for kind, count in found.kinds.items() if not rule.kinds or kind in rule.kinds)
