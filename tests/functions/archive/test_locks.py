"""How long each object is locked, and how hard."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, strategies as st

from functions.archive.locks import DICTIONARY_YEARS, Locking
from functions.segment.segment import Class
from tests.make import NOW

DATES = st.dates(min_value=date(2026, 11, 23), max_value=date(2126, 1, 1))
COMPLIANCE = Locking(mode="COMPLIANCE", trial_days=0)


def make_class(retain_until: date = date(2046, 11, 22), *, erasable: bool = False) -> Class:
    return Class(tier="general", retain_until=retain_until, erasable=erasable)


@given(DATES, st.sampled_from(["COMPLIANCE", "GOVERNANCE"]))
def test_a_segment_is_locked_until_the_laws_date(retain_until: date, mode: str) -> None:  # G2
    lock = Locking(mode=mode, trial_days=0).segment(make_class(retain_until), NOW)

    assert (lock.mode, lock.until) == (mode, datetime.combine(retain_until, time(), UTC))


@given(DATES)
def test_a_keyring_is_locked_as_long_as_its_segment(retain_until: date) -> None:
    for erasable in (True, False):
        klass = make_class(retain_until, erasable=erasable)
        assert COMPLIANCE.keyring(klass, NOW).until == COMPLIANCE.segment(klass, NOW).until


@pytest.mark.parametrize("mode", ["COMPLIANCE", "GOVERNANCE"])
def test_only_the_keyring_of_what_can_be_erased_is_locked_less_hard(mode: str) -> None:
    locking = Locking(mode=mode, trial_days=0)

    assert locking.keyring(make_class(erasable=True), NOW).mode == "GOVERNANCE"
    assert locking.keyring(make_class(), NOW).mode == mode
    assert locking.segment(make_class(erasable=True), NOW).mode == mode


@given(DATES, st.integers(1, 365))
def test_no_lock_of_a_trial_is_longer_than_its_cap(retain_until: date, days: int) -> None:  # G11
    locking = Locking(mode="GOVERNANCE", trial_days=days)
    klass = make_class(retain_until)
    cap = NOW + timedelta(days=days)
    law = datetime.combine(retain_until, time(), UTC)

    assert locking.segment(klass, NOW).until == min(law, cap)
    assert locking.keyring(klass, NOW).until == min(law, cap)
    assert locking.dictionary(NOW).until == cap


def test_a_capped_lock_ends_on_a_whole_second() -> None:
    now = NOW.replace(microsecond=123_456)

    assert Locking(mode="GOVERNANCE", trial_days=1).segment(make_class(), now).until == NOW + timedelta(days=1)


def test_a_dictionary_is_locked_longer_than_any_rule_and_not_longer_than_s3_can() -> None:
    until = COMPLIANCE.dictionary(NOW).until

    assert until - NOW > timedelta(days=365 * DICTIONARY_YEARS - 1)
    assert until - NOW <= timedelta(days=36_500)  # S3 Object Lock: 100 years
