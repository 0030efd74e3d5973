"""Tiers: the highest wins, every reason is named, and what adds up raises too."""

from collections.abc import Mapping

import pytest
from hypothesis import given, strategies as st

from functions.errors import Rejected
from functions.law.counters import ARCHIVE, Facts, Increment, increments
from functions.law.rulebook import parse_book
from functions.law.tier import DEFAULT, ORDER, TIERS, Rule, Tier, arrange, decide_tier, raised, tiers

RULES = tiers()
COUNTERS = sorted({rule.counter for rule, _ in RULES.raising if rule.counter})
KINDS = st.sets(st.sampled_from(["resident_id", "plate_mil", "military_id", "bank_card"]))
LISTS = st.sets(st.sampled_from(["catalogue.finance@1", "work_secret@2", "supervision.complaint@1", "cataloguex@1"]))
MARKS = st.sets(st.sampled_from(["work_secret_heading", "mark", "document_number"]))
SUMS = st.dictionaries(st.sampled_from([*COUNTERS, "unknown"]), st.integers(0, 20_000_000))


def decided(
    kinds: set[str] = frozenset(),  # type: ignore[assignment]
    lists: set[str] = frozenset(),  # type: ignore[assignment]
    marks: set[str] = frozenset(),  # type: ignore[assignment]
    counters: Mapping[str, int] = {},  # noqa: B006 - never changed
) -> Tier:
    return decide_tier(kinds=kinds, lists=lists, marks=marks, counters=counters, rules=RULES)
