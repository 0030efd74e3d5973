"""Whose conversations are kept under which rules, and when."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from functions.law.scope import Roll, Term
from tests.functions.strategies import moments_between

TOKENS = [bytes([at]) * 16 for at in range(4)]
MOMENTS = moments_between(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
TERMS = st.builds(
    lambda token, start, length, regimes: Term(
        token=token,
        valid_from=start,
        valid_until=None if length is None else start + length,
        regimes=frozenset(regimes),
    ),
    st.sampled_from(TOKENS),
    MOMENTS,
    st.none() | st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=400)),
    st.sets(st.sampled_from(["cn.sec.137", "us.finra.4511b", "eu.mifid2.16.7"])),
)


@given(st.lists(TERMS, max_size=8), st.lists(st.sampled_from(TOKENS), max_size=4), MOMENTS)
def test_a_record_gets_the_rules_of_every_participant_at_that_moment(
    terms: list[Term], participants: list[bytes], moment: datetime
) -> None:
    expected = {
        regime
        for term in terms
        if term.token in participants
        and term.valid_from <= moment
        and not (term.valid_until is not None and moment >= term.valid_until)
        for regime in term.regimes
    }

    assert Roll(terms).regimes(participants, moment) == expected


@given(st.lists(TERMS, max_size=8), MOMENTS)
def test_no_rule_comes_up_that_could_not_be_checked_beforehand(terms: list[Term], moment: datetime) -> None:
    roll = Roll(iter(terms))

    assert roll.regimes(TOKENS, moment) <= roll.all_regimes()


@given(st.lists(TERMS, max_size=8), MOMENTS)
def test_what_does_not_say_whose_it_is_gets_the_rules_that_anybody_has_at_that_moment(
    terms: list[Term], moment: datetime
) -> None:
    roll = Roll(terms)

    for when in (moment, *(term.valid_from for term in terms), *(term.valid_until or moment for term in terms)):
        assert roll.anyones(when).regimes == roll.regimes(TOKENS, when)


@given(TERMS)
def test_a_term_begins_with_its_first_moment_and_ends_before_its_last(term: Term) -> None:
    moment = timedelta(milliseconds=1)

    assert term.covers(term.valid_from)
    assert not term.covers(term.valid_from - moment)
    if term.valid_until is not None:
        assert not term.covers(term.valid_until)
        assert term.covers(term.valid_until - moment)


def test_nobody_brings_no_rules_along() -> None:
    assert Roll(()).regimes(TOKENS, datetime(2026, 1, 1, tzinfo=UTC)) == frozenset()
    assert Roll(()).all_regimes() == frozenset()
