"""A scope is a union of sets: pieces in any order, and as often as one likes, make the same whole."""

import hashlib
import json
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given, strategies as st

from functions.law import export
from functions.law.border import count
from functions.law.export import ID_BYTES, LeftOut, Measured, Part, Trait, handover, having, join, sha256_of, total

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ids = st.integers(0, 12).map(lambda number: bytes([number]) * ID_BYTES)
tokens = st.integers(0, 12).map(lambda number: bytes([number]) * 16)
traits = st.integers(0, 3).map(Trait)
parts = st.builds(
    Part,
    records=st.frozensets(ids),
    people=st.dictionaries(tokens, traits),
    tiers=st.frozensets(st.sampled_from(["general", "important"])),
    left=st.dictionaries(st.sampled_from(get_args(LeftOut)), st.frozensets(ids, min_size=1)),
    broken=st.frozensets(st.sampled_from(["s-1", "s-2"])),
)


@given(some=st.lists(parts, max_size=5), data=st.data())
def test_the_order_the_number_and_the_grouping_of_pieces_are_irrelevant(some: list[Part], data: st.DataObject) -> None:
    whole = join(some)
    cut = data.draw(st.integers(0, len(some)))
    again = data.draw(st.lists(st.sampled_from(some), max_size=3)) if some else []

    assert join(data.draw(st.permutations(some))) == whole
    assert join((join(some[:cut]), join(some[cut:]))) == whole
    assert join((*some, *again)) == whole


@given(some=st.lists(parts, max_size=5))
def test_what_is_in_it_is_not_left_out_and_nobody_is_lost(some: list[Part]) -> None:
    whole = join(some)

    assert not any(whole.records & held for held in whole.left.values())
    assert whole.people.keys() == {token for one in some for token in one.people}
    for one in some:
        assert all(trait in whole.people[token] for token, trait in one.people.items())


@given(first=st.dictionaries(tokens, traits), second=st.dictionaries(tokens, traits))
def test_a_year_counts_each_person_once_however_scopes_share_them(
    first: dict[bytes, Trait], second: dict[bytes, Trait]
) -> None:
    counted = count([handover(first, at=NOW), handover(second, at=NOW)], year=2026)

    assert counted.persons == len(first.keys() | second.keys())
    assert counted.sensitive_persons == len(having(first, Trait.SENSITIVE) | having(second, Trait.SENSITIVE))


@given(records=st.lists(ids, max_size=8))
def test_the_hash_is_of_the_sorted_list_each_id_once(records: list[bytes]) -> None:
    listed = json.dumps(sorted({one.hex() for one in records}), separators=(",", ":"))

    assert sha256_of(records) == hashlib.sha256(listed.encode()).hexdigest()


def test_more_than_a_scope_may_have_is_no_number_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    part = Part(records=frozenset({b"a" * ID_BYTES, b"b" * ID_BYTES}))
    assert total(part, act="a", at=NOW).state == "ready"

    monkeypatch.setattr(export, "MOST_RECORDS", 1)
    assert total(part, act="a", at=NOW) == Measured(act="a", state="too_large", at=NOW)
