"""A lock is only ever extended."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from functions.law.locks import MODES, Extension, Lock, extend_only
from tests.functions.strategies import moments

LOCKS = st.builds(Lock, st.sampled_from(MODES), moments)


def put(current: Lock | None, wanted: Lock) -> Lock | None:
    """What S3 has afterwards."""
    extension = extend_only(current, wanted)
    return extension.lock if extension else current


@given(LOCKS, LOCKS)
def test_no_lock_is_ever_shortened_or_weakened(current: Lock, wanted: Lock) -> None:  # G2
    after = put(current, wanted)

    assert after is not None
    assert after.until >= current.until
    assert MODES.index(after.mode) >= MODES.index(current.mode)


@given(st.none() | LOCKS, LOCKS)
def test_whoever_asks_gets_at_least_what_was_asked_for(current: Lock | None, wanted: Lock) -> None:
    after = put(current, wanted)

    assert after is not None
    assert after.until >= wanted.until
    assert MODES.index(after.mode) >= MODES.index(wanted.mode)


@given(st.none() | LOCKS, LOCKS)
def test_asking_again_changes_nothing(current: Lock | None, wanted: Lock) -> None:
    assert extend_only(put(current, wanted), wanted) is None


@given(st.none() | LOCKS, LOCKS, LOCKS)
def test_the_order_of_two_extensions_does_not_matter(current: Lock | None, one: Lock, other: Lock) -> None:
    assert put(put(current, one), other) == put(put(current, other), one)


def test_a_mode_that_s3_does_not_have_is_refused() -> None:
    wrong = Lock("WORM", datetime(2046, 11, 22, tzinfo=UTC))

    with pytest.raises(ValueError, match="WORM"):
        extend_only(None, wrong)


def test_what_has_no_lock_gets_the_one_that_is_wanted() -> None:
    wanted = Lock("GOVERNANCE", datetime(2046, 11, 22, tzinfo=UTC))

    assert extend_only(None, wanted) == Extension(wanted)
