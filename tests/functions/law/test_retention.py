"""How long a record is kept: laws of the longest rule."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import combinations

import pytest
from hypothesis import given, strategies as st

from functions.law.retention import FLOOR, PRC_SOURCES, Retention, Rule, decide, midnight_after, rule_book
from tests.functions.strategies import moments

ARCHIVED = st.dates(min_value=date(2020, 1, 1), max_value=date(2200, 12, 31))
SENT = st.dates(min_value=date.min, max_value=date.max)
PERIODS = st.tuples(st.integers(0, 100), st.integers(0, 11)).filter(any)


def make_rule(**changed: object) -> Rule:
    fields = {
        "id": "cn.test.1",
        "citation": "a citation long enough",
        "jurisdiction": "CN",
        "legal_source": "prc_law",
        "clock": "sent",
        "years": 1,
        "applies_to": {"communication"},
        "read": date(2026, 11, 22),
    }
    return Rule.model_validate({**fields, **changed})


def _numbered(rules: list[Rule]) -> tuple[Rule, ...]:
    return tuple(rule.model_copy(update={"id": f"cn.test.{at}"}) for at, rule in enumerate(rules))


SHIPPED = [rule for rule in rule_book().rules.values() if rule.kind == "floor"]
SOURCES = ["prc_law", "prc_admin_reg", "prc_dept_rule", "foreign", "contract", "policy"]
RULE = st.builds(
    lambda period, source, clock: make_rule(years=period[0], months=period[1], legal_source=source, clock=clock),
    PERIODS,
    st.sampled_from(SOURCES),
    st.sampled_from(["sent", "archived"]),
)
RULES = st.lists(RULE, max_size=5).map(_numbered)
FLOORS = st.integers(1, 1000)


def kept(rules: tuple[Rule, ...], sent: date, archived: date, floor_days: int = 1) -> Retention:
    return decide(rules=rules, version="1", sent=sent, archived=archived, floor_days=floor_days)


def until(sent: date, archived: date, **rule: object) -> date:
    return dict(kept((make_rule(**rule),), sent, archived).reasons)["cn.test.1"]


@given(RULES, SENT, ARCHIVED, FLOORS)
def test_a_record_is_kept_at_least_as_long_as_every_rule_says(  # G10
    rules: tuple[Rule, ...], sent: date, archived: date, floor_days: int
) -> None:
    decided = kept(rules, sent, archived, floor_days)

    for rule in rules:
        alone = kept((rule,), sent, archived, floor_days)
        assert decided.retain_until >= dict(alone.reasons)[rule.id]
    assert dict(decided.reasons).keys() == {rule.id for rule in rules} | {FLOOR}


@given(RULES, SENT, ARCHIVED, FLOORS)
def test_a_record_is_kept_until_the_first_of_a_month_and_less_than_a_month_longer_than_the_longest_rule(
    rules: tuple[Rule, ...], sent: date, archived: date, floor_days: int
) -> None:
    decided = kept(rules, sent, archived, floor_days)
    longest = max(end for _, end in decided.reasons)

    assert decided.retain_until.day == 1
    assert timedelta(0) <= decided.retain_until - longest < timedelta(days=31)


@given(RULES, SENT, ARCHIVED, FLOORS, st.data())
def test_one_more_rule_never_shortens(
    rules: tuple[Rule, ...], sent: date, archived: date, floor_days: int, data: st.DataObject
) -> None:
    fewer = tuple(rule for rule in rules if data.draw(st.booleans()))

    assert kept(fewer, sent, archived, floor_days).retain_until <= kept(rules, sent, archived, floor_days).retain_until


@given(RULES, st.integers(0, 31), st.integers(0, 31), ARCHIVED)
def test_of_two_messages_of_the_last_month_the_later_is_never_kept_shorter(
    rules: tuple[Rule, ...], one: int, other: int, archived: date
) -> None:
    later, earlier = (archived - timedelta(days=days) for days in sorted((one, other)))

    assert kept(rules, earlier, archived).retain_until <= kept(rules, later, archived).retain_until


@given(RULES, SENT, ARCHIVED)
def test_no_date_that_a_capture_claims_shortens_its_lock_by_more_than_the_month_that_is_believed(
    rules: tuple[Rule, ...], claimed: date, archived: date
) -> None:
    shortest = kept(rules, archived - timedelta(days=31), archived).retain_until

    assert shortest <= kept(rules, claimed, archived).retain_until <= kept(rules, archived, archived).retain_until


@given(RULES, SENT, ARCHIVED, FLOORS)
def test_no_lock_is_shorter_than_the_floor(
    rules: tuple[Rule, ...], sent: date, archived: date, floor_days: int
) -> None:
    # S3 counts from the moment of the put, which lies before the first midnight after it
    assert kept(rules, sent, archived, floor_days).retain_until >= archived + timedelta(days=floor_days)


@given(RULES, SENT, ARCHIVED)
def test_a_record_can_be_erased_exactly_when_no_prc_rule_is_running(
    rules: tuple[Rule, ...], sent: date, archived: date
) -> None:
    decided = kept(rules, sent, archived)
    ends = dict(decided.reasons)

    running = [rule for rule in rules if rule.legal_source in PRC_SOURCES and ends[rule.id] > archived]
    assert decided.erasable == (not running)


@given(RULES, SENT, ARCHIVED, FLOORS)
def test_every_rule_stands_among_the_reasons_longest_first(  # G10
    rules: tuple[Rule, ...], sent: date, archived: date, floor_days: int
) -> None:
    decided = kept(rules, sent, archived, floor_days)
    ends = [end for _, end in decided.reasons]

    assert {rule for rule, _ in decided.reasons} == {rule.id for rule in rules} | {FLOOR}
    assert ends == sorted(ends, reverse=True)
    assert decided.version == "1"


@given(PERIODS, st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)))
def test_a_period_ends_on_the_same_day_of_its_month_or_on_the_first_of_the_next(
    period: tuple[int, int], start: date
) -> None:
    end = until(start, start, years=period[0], months=period[1])
    months = (end.year - start.year) * 12 + end.month - start.month - 12 * period[0] - period[1]

    assert (months, end.day) in {(0, start.day), (1, 1)}
    if months == 1:
        assert (end - timedelta(days=1)).day < start.day


@pytest.mark.parametrize(
    ("sent", "years", "months", "end"),
    [
        (date(2026, 11, 22), 20, 0, date(2046, 11, 22)),
        (date(2024, 2, 29), 4, 0, date(2028, 2, 29)),
        (date(2024, 2, 29), 1, 0, date(2025, 3, 1)),
        (date(2096, 2, 29), 4, 0, date(2100, 3, 1)),  # 2100 is no leap year
        (date(2026, 8, 31), 0, 6, date(2027, 3, 1)),
        (date(2026, 8, 31), 0, 1, date(2026, 10, 1)),
        (date(2026, 12, 31), 0, 2, date(2027, 3, 1)),
        (date(2026, 10, 31), 0, 2, date(2026, 12, 31)),
        (date(2026, 11, 30), 0, 1, date(2026, 12, 30)),
        (date(2026, 12, 1), 0, 11, date(2027, 11, 1)),
    ],
)
def test_a_period_ends_when_the_calendar_says(sent: date, years: int, months: int, end: date) -> None:
    assert until(sent, sent, years=years, months=months) == end


def test_a_clock_that_starts_with_archiving_does_not_care_when_a_message_was_sent() -> None:
    archived = date(2026, 11, 23)

    assert until(date(2026, 11, 1), archived, clock="archived") == date(2027, 11, 23)
    assert until(date(2026, 11, 1), archived, clock="sent") == date(2027, 11, 1)


@pytest.mark.parametrize(
    ("days", "believed"), [(0, True), (1, True), (31, True), (32, False), (-1, False), (9000, False)]
)
def test_what_a_capture_says_about_its_age_is_believed_for_a_month(days: int, believed: bool) -> None:  # noqa: FBT001
    archived = date(2026, 11, 23)
    sent = archived - timedelta(days=days)

    assert until(sent, archived, years=0, months=6) == until(
        sent if believed else archived, archived, years=0, months=6
    )
    assert (until(sent, archived) == until(archived, archived)) == (days == 0 or not believed)


def test_the_floor_is_counted_from_the_day_after_archiving() -> None:
    archived = date(2026, 11, 23)

    assert kept((), archived, archived, 180).reasons == ((FLOOR, archived + timedelta(days=181)),)


def test_a_message_from_the_future_starts_its_clock_when_it_is_archived() -> None:
    assert until(date(9999, 12, 31), date(2026, 11, 23)) == date(2027, 11, 23)


@pytest.mark.parametrize("sent", [date(1, 1, 1), date(1970, 1, 1), date(2012, 6, 1), date(2026, 10, 22)])
def test_a_message_that_says_it_is_older_than_a_month_starts_its_clock_when_it_is_archived(sent: date) -> None:
    assert until(sent, date(2026, 11, 23)) == date(2027, 11, 23)


def test_a_prc_rule_that_has_run_out_no_longer_forbids_erasure() -> None:
    short = make_rule(id="cn.test.1", years=0, months=1)
    foreign = make_rule(id="us.test.1", years=100, legal_source="foreign")

    assert kept((short, foreign), date(2026, 10, 23), date(2026, 11, 23)).erasable
    assert not kept((short, foreign), date(2026, 10, 24), date(2026, 11, 23)).erasable


def test_any_two_shipped_rules_can_be_combined() -> None:
    for pair in combinations(SHIPPED, 2):
        assert kept(pair, date(2026, 11, 22), date(2026, 11, 23)).retain_until > date(2027, 1, 1)


@given(moments)
def test_the_midnight_after_is_the_first_that_is_not_before(moment: datetime) -> None:
    day = midnight_after(moment)

    if day == date.max:
        assert moment.date() >= date.max - timedelta(days=1)
    else:
        midnight = datetime.combine(day, time(), UTC)
        assert timedelta(0) <= midnight - moment < timedelta(days=1)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 22, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 0, 0, 0, 1000, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 11, 22, 8, tzinfo=timezone(timedelta(hours=8))), date(2026, 11, 22)),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), date(9999, 12, 31)),
        (datetime(1, 1, 1, tzinfo=UTC), date(1, 1, 1)),
    ],
)
def test_a_midnight_is_utcs_own(moment: datetime, day: date) -> None:
    assert midnight_after(moment) == day
