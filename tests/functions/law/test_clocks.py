"""Clocks that start with an event, classes of records, and the ceiling."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from functions.law.retention import FLOOR, Excess, Retention, Rule, decide, rule_book, until_after
from tests.functions.law.test_retention import ARCHIVED, make_rule

EVENTS = ["relationship_ended", "contract_ended", "account_closed", "fiscal_year_end", "swap_terminated"]
DAY = date(2026, 11, 23)
CEILING = make_rule(id="cn.pipl.19", kind="ceiling", years=0, clock="purpose_done")


def kept(*rules: Rule, floor_days: int = 1, **more: object) -> Retention:
    given = {"rules": rules, "version": "1", "sent": DAY, "archived": DAY, "floor_days": floor_days}
    return decide(**{**given, **more})


@given(st.sampled_from(EVENTS), ARCHIVED, st.integers(1, 30))
def test_while_its_event_has_not_happened_a_rule_gives_at_least_its_period_from_archiving(
    event: str, archived: date, years: int
) -> None:
    rule = make_rule(clock=event, years=years)
    decided = kept(rule, archived=archived, sent=archived)

    assert decided.reasons[0][1] >= date(archived.year + years, archived.month, 1)
    assert decided.waiting == (("cn.test.1", event),)


@given(st.sampled_from(EVENTS), ARCHIVED, st.integers(-4000, 4000))
def test_knowing_an_event_never_shortens_what_waiting_for_it_gave(event: str, archived: date, days: int) -> None:
    rule = make_rule(clock=event, years=5)
    waiting = kept(rule, archived=archived, sent=archived)
    happened = kept(rule, archived=archived, sent=archived, events=((event, archived + timedelta(days=days)),))

    assert happened.retain_until >= waiting.retain_until
    assert happened.waiting == ()


@given(ARCHIVED, st.integers(0, 4000))
def test_extending_after_an_event_gives_the_date_that_knowing_it_before_would_have_given(
    archived: date, days: int
) -> None:
    rule, happened = make_rule(clock="contract_ended", years=5), archived + timedelta(days=days)
    known = kept(rule, archived=archived, sent=archived, events=(("contract_ended", happened),))

    assert until_after(rule, happened) == known.retain_until


def test_a_prc_rule_that_waits_for_its_event_forbids_erasure() -> None:
    assert not kept(make_rule(clock="relationship_ended", years=10)).erasable
    assert kept(make_rule(clock="relationship_ended", years=10, legal_source="foreign")).erasable


def test_a_rule_applies_to_the_classes_it_is_for_and_to_what_nobody_has_classed() -> None:
    order = make_rule(id="cn.test.1", years=9, applies_to={"order"})
    mail = make_rule(id="cn.test.2", years=3)

    def rules(classes: frozenset[str] | None) -> set[str]:
        return {rule for rule, _ in kept(order, mail, classes=classes).reasons} - {FLOOR}

    assert rules(None) == {"cn.test.1", "cn.test.2"}
    assert rules(frozenset({"communication"})) == {"cn.test.2"}
    assert rules(frozenset({"order", "communication"})) == {"cn.test.1", "cn.test.2"}
    assert rules(frozenset({"complaint"})) == set()


def test_what_is_kept_longer_than_any_period_asks_for_passes_the_ceiling_and_says_by_how_much() -> None:
    decided = kept(make_rule(years=0, months=6), CEILING, floor_days=3650)

    assert decided.excess == (
        Excess(rule="cn.pipl.19", needed_until=date(2027, 6, 1), kept_until=decided.retain_until),
    )
    assert dict(decided.reasons).keys() == {"cn.test.1", FLOOR}


def test_what_is_kept_as_long_as_a_period_asks_for_does_not_pass_the_ceiling() -> None:
    assert kept(make_rule(years=20), CEILING).excess == ()


def test_without_any_period_everything_beyond_the_day_is_more_than_needed() -> None:
    (excess,) = kept(CEILING, floor_days=180).excess

    assert excess.needed_until == date(2026, 12, 1)


def test_without_a_ceiling_nobody_complains() -> None:
    assert kept(make_rule(years=0, months=1), floor_days=3650).excess == ()


@pytest.mark.parametrize(("rule", "dual"), [("hk.sfo.kor.order", True), ("cn.sec.137", False)])
def test_a_record_for_hong_kong_is_marked_as_of_two_regimes(rule: str, dual: bool) -> None:  # noqa: FBT001
    assert kept(*rule_book().choose([rule])).dual_regime is dual


def test_a_foreign_rule_that_has_run_out_marks_nothing() -> None:
    rule = make_rule(dual_regime=True, years=0, months=1)

    assert not kept(rule, sent=DAY - timedelta(days=31)).dual_regime
