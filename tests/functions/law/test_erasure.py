"""Whether a record may be erased: refused, restricted, or yes, and by which rule."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from functions.law.erasure import Erase, Facts, Ground, Reason, Refused, Restrict, decide_erasure
from functions.law.locks import Lock
from functions.law.retention import PRC_SOURCES
from functions.law.states import State

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TODAY, LATER = date(2026, 11, 26), date(2046, 12, 1)
FREE = Lock("GOVERNANCE", datetime(2046, 12, 1, tzinfo=UTC))
FIXED = Lock("COMPLIANCE", datetime(2046, 12, 1, tzinfo=UTC))
SEC = Reason(rule="cn.sec.137", citation="Securities Law, art. 137", legal_source="prc_law", until=LATER)
SHOWN = [ground for ground in Ground if ground is not Ground.WISH]


def decided(*reasons: Reason, **changed: object) -> Refused | Restrict | Erase:
    fields = {
        "ground": Ground.CONSENT_WITHDRAWN,
        "state": State.ACTIVE,
        "holds": (),
        "erasable": True,
        "retain_until": LATER,
        "lock": FREE,
        "now": NOW,
    }
    return decide_erasure(Facts(reasons=reasons, **{**fields, **changed}))  # type: ignore[arg-type]  # the test says


def reason(source: str, until: date = LATER) -> Reason:
    return Reason(rule=f"test.{source}", citation="a citation", legal_source=source, until=until)


@pytest.mark.parametrize("ground", SHOWN)
@pytest.mark.parametrize("source", ["foreign", "contract", "policy"])
def test_a_ground_of_the_law_erases_though_a_foreign_rule_a_contract_or_our_policy_would_keep(
    ground: Ground, source: str
) -> None:
    assert decided(reason(source), ground=ground) == Erase()


@pytest.mark.parametrize("source", sorted(PRC_SOURCES))
def test_a_running_prc_period_restricts_by_its_own_rule(source: str) -> None:
    assert decided(reason(source)) == Restrict(f"test.{source}", "a citation")


def test_of_several_prc_periods_the_longest_is_named() -> None:
    assert decided(reason("prc_law", date(2030, 1, 1)), SEC) == Restrict(SEC.rule, SEC.citation)


def test_a_prc_period_that_ends_today_keeps_nothing() -> None:
    assert decided(reason("prc_law", TODAY)) == Erase()


def test_a_mere_wish_is_refused_by_the_period_that_forbids_it_or_for_want_of_a_ground() -> None:
    assert decided(SEC, ground=Ground.WISH) == Refused(SEC.rule, SEC.citation)
    without = decided(ground=Ground.WISH)
    assert isinstance(without, Refused)
    assert without.rule == "cn.pipl.47.1"


def test_what_is_of_a_fixed_class_is_restricted_until_its_date_even_if_nobody_could_read_its_reasons() -> None:
    answer = decided(erasable=False)

    assert isinstance(answer, Restrict)
    assert answer.rule == "class.fixed"
    assert decided(erasable=False, retain_until=TODAY) == Erase()


def test_what_nobody_can_unlock_is_restricted_as_technically_hard() -> None:
    answer = decided(lock=FIXED)

    assert isinstance(answer, Restrict)
    assert answer.rule == "cn.pipl.47.2"
    assert "2046-12-01" in answer.citation
    assert decided(lock=Lock("COMPLIANCE", NOW)) == Erase()


facts = st.builds(
    Facts,
    ground=st.sampled_from(Ground),
    state=st.sampled_from(State),
    holds=st.lists(st.text("abc", min_size=1), max_size=2).map(tuple),
    erasable=st.booleans(),
    retain_until=st.dates(TODAY - timedelta(days=2), LATER),
    lock=st.sampled_from([FREE, FIXED, Lock("COMPLIANCE", NOW)]),
    reasons=st.lists(st.sampled_from([SEC, reason("foreign"), reason("prc_law", TODAY)]), max_size=2).map(tuple),
    now=st.just(NOW),
)


@given(facts)
def test_nothing_on_hold_frozen_or_kept_by_a_prc_period_is_ever_erased(given: Facts) -> None:
    if not isinstance(decide_erasure(given), Erase):
        return
    assert not given.holds
    assert given.state is not State.SECRET_FROZEN
    assert not any(one.legal_source in PRC_SOURCES and one.until > TODAY for one in given.reasons)
    assert given.erasable or given.retain_until <= TODAY
    assert given.lock.mode != "COMPLIANCE" or given.lock.until <= NOW


@given(facts)
def test_every_refusal_and_restriction_names_its_rule_and_its_citation(given: Facts) -> None:
    answer = decide_erasure(given)

    assert answer.rule
    assert answer.citation


def test_a_hold_is_named() -> None:
    assert decided(holds=("h2", "h1")) == Refused("hold", "on hold: h1, h2")


def test_what_is_frozen_waits_for_the_authority() -> None:
    answer = decided(state=State.SECRET_FROZEN)

    assert isinstance(answer, Refused)
    assert answer.rule == "cn.ssl.34"


def test_what_a_table_calls_erased_is_judged_like_any_other() -> None:
    assert decided(state=State.ERASED) == Erase()
    assert decided(state=State.ERASED, holds=("h1",)) == Refused("hold", "on hold: h1")
    assert decided(SEC, state=State.ERASED) == Restrict(SEC.rule, SEC.citation)
