"""On what ground a person's information is kept, and what follows where there is none."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.law.asking import Request, requests
from functions.law.consent import (
    STRICTNESS,
    Bases,
    Consent,
    ConsentPolicy,
    ConsentRule,
    Ledger,
    Notice,
    Notices,
    Person,
    Standing,
    decide_consent,
    fold,
)
from functions.law.providing import lacking, purpose_of
from functions.law.rulebook import shipped
from tests.functions.strategies import moments_between

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
ASK = Bases(general="consent", sensitive="consent")
ON_DUTY = Bases(general="statutory_duty", sensitive="statutory_duty")
TEXT = "a text of twenty characters and more"
POLICY = ConsentPolicy(
    purpose="archive",
    custodian=Bases(general="hr_rules", sensitive="hr_rules"),
    other=ASK,
    minor=ASK,
    unanswered="hold_back",
    hold_days=14,
    after_hold="drop",
    refused="drop",
    withdrawn="restrict",
    ask_again_days=180,
    remind_days=7,
    warn_days=30,
    notices=Notices(
        general=Notice(method="m1", version="1", text=TEXT),
        sensitive=Notice(method="m2", version="2", text=TEXT + "!"),
        warning=Notice(method="m1", version="3", text=TEXT + "?"),
    ),
)
ANN, CUSTOMER, CHILD = Person(token=b"a", custodian=True), Person(token=b"c"), Person(token=b"k", minor=True)


def make_standing(state: Any, at: datetime = NOW - DAY, **changed: Any) -> Standing:
    fields: dict[str, Any] = {"purpose": "archive", "category": "general", "method": "m1", "notice_sha256": "00"}
    return Standing(state=state, at=at, **fields | changed)


def decide(
    *people: Person, said: list[Standing] | None = None, policy: ConsentPolicy = POLICY, **facts: Any
) -> Consent:
    ledgers = {person.token: fold(said or []) for person in people}
    usual: dict[str, Any] = {"sensitive": False, "sent_at": NOW, "received_at": NOW, "now": NOW}
    return decide_consent(people=people, ledgers=ledgers, policy=policy, **usual | facts)


GRANTED, SEPARATE = make_standing("granted"), make_standing("granted", category="sensitive", method="m2")


@pytest.mark.parametrize(
    ("consent", "action", "rule"),
    [
        (decide(), "keep", "consent.nobody"),
        (decide(ANN), "keep", "basis.hr_rules"),
        (decide(CUSTOMER), "hold_back", "consent.unanswered"),
        (decide(CUSTOMER, now=NOW + 14 * DAY), "drop", "consent.expired"),
        (decide(CUSTOMER, said=[GRANTED]), "keep", "consent.granted"),
        (decide(ANN, CUSTOMER, said=[GRANTED]), "keep", "basis.hr_rules"),
        (decide(ANN, CUSTOMER), "hold_back", "consent.unanswered"),
        (decide(CUSTOMER, said=[make_standing("granted", method="m0")]), "hold_back", "consent.changed"),
        (decide(CUSTOMER, said=[make_standing("granted", purpose="sell")]), "hold_back", "consent.unanswered"),
        (decide(CUSTOMER, said=[GRANTED, make_standing("noticed", NOW)]), "keep", "consent.granted"),
        (decide(CUSTOMER, said=[GRANTED, make_standing("refused", NOW)]), "drop", "consent.refused"),
        (decide(CUSTOMER, said=[GRANTED], sensitive=True), "hold_back", "consent.unanswered"),
        (decide(CUSTOMER, said=[SEPARATE], sensitive=True), "hold_back", "consent.unanswered"),
        (decide(CUSTOMER, said=[GRANTED, SEPARATE], sensitive=True), "keep", "consent.granted"),
        (decide(CHILD, said=[GRANTED]), "hold_back", "consent.unanswered"),
        (decide(CHILD, said=[replace(GRANTED, guardian=True)]), "hold_back", "consent.unanswered"),
        (
            decide(CHILD, said=[replace(GRANTED, guardian=True), replace(SEPARATE, guardian=True)]),
            "keep",
            "consent.guardian",
        ),
        (
            decide(CUSTOMER, said=[GRANTED, make_standing("refused", NOW + DAY)], now=NOW + 2 * DAY),
            "keep",
            "consent.granted_before",
        ),
        (decide(CHILD, said=[make_standing("refused")]), "drop", "consent.refused"),
        (decide(CUSTOMER, said=[make_standing("withdrawn")]), "restrict", "consent.withdrawn"),
        (
            decide(CUSTOMER, said=[GRANTED, make_standing("withdrawn", NOW + DAY)], now=NOW + 2 * DAY),
            "keep",
            "consent.granted_before",
        ),
        (
            decide(
                CUSTOMER,
                said=[make_standing("granted", method="m0"), make_standing("withdrawn", NOW + DAY)],
                now=NOW + 2 * DAY,
            ),
            "restrict",
            "consent.withdrawn",
        ),
        (decide(CUSTOMER, said=[make_standing("granted", NOW + DAY)]), "hold_back", "consent.unanswered"),
        (
            decide(
                CUSTOMER,
                said=[make_standing("granted", NOW - 3 * DAY), make_standing("withdrawn")],
                sent_at=NOW - 2 * DAY,
            ),
            "restrict",
            "consent.withdrawn",
        ),
        (
            decide(CUSTOMER, policy=replace(POLICY, other=Bases(general="contract", sensitive="law"))),
            "keep",
            "basis.contract",
        ),
    ],
)
def test_each_rule_decides_and_is_cited(consent: Consent, action: str, rule: str) -> None:  # G10
    book = shipped("consent", ConsentRule)

    assert (consent.action, consent.rule, consent.version) == (action, rule, book.version)
    assert rule in book.rules


@pytest.mark.parametrize(
    "ground", ["contract", "hr_rules", "statutory_duty", "emergency", "news", "lawfully_public", "law"]
)
def test_every_ground_other_than_consent_has_its_paragraph_and_keeps(ground: Any) -> None:  # G10
    consent = decide(CUSTOMER, policy=replace(POLICY, other=Bases(general=ground, sensitive=ground)), sensitive=True)

    assert consent.bases == ((b"c", ground, f"basis.{ground}"),)
    assert "art. 13 para. 1(" in shipped("consent", ConsentRule).rules[consent.rule].citation


def test_sensitive_information_has_a_ground_of_its_own() -> None:
    assert decide(CUSTOMER, said=[GRANTED, SEPARATE], sensitive=True).bases == (
        (b"c", "consent", "consent.granted"),
        (b"c", "consent", "consent.separate"),
    )


def test_what_is_held_back_is_held_for_the_days_of_the_policy_from_its_arrival_and_no_longer() -> None:
    held = decide(CUSTOMER, now=NOW + 14 * DAY - timedelta(milliseconds=1))

    assert (held.action, held.until) == ("hold_back", NOW + 14 * DAY)
    assert decide(CUSTOMER, now=NOW + 14 * DAY).until is None
    assert decide(CUSTOMER, now=NOW + 14 * DAY, policy=replace(POLICY, after_hold="restrict")).action == "restrict"


STANDINGS = st.lists(
    st.builds(
        Standing,
        purpose=st.just("archive"),
        state=st.sampled_from(["granted", "refused", "withdrawn", "noticed"]),
        at=moments_between(NOW - 2 * DAY, NOW - 2 * DAY + timedelta(milliseconds=3)),
        notice_sha256=st.just("00"),
        category=st.sampled_from(["general", "sensitive"]),
        method=st.sampled_from(["m0", "m1", "m2"]),
        guardian=st.booleans(),
        turns_14=st.sampled_from([None, NOW.date() - DAY, NOW.date()]),
    ),
    max_size=4,
)
SENSITIVE = st.fixed_dictionaries({"sensitive": st.booleans()})
PEOPLE = st.lists(st.sampled_from([ANN, CUSTOMER, CHILD]), max_size=3)


@given(STANDINGS)
def test_the_order_in_which_answers_arrive_does_not_matter(standings: list[Standing]) -> None:
    assert {fold(order) for order in permutations(standings)} == {fold(standings)}
    assert fold([*standings, *standings]) == fold(standings)


@given(PEOPLE, STANDINGS, SENSITIVE)
def test_nobody_is_kept_without_a_ground(people: list[Person], said: list[Standing], facts: dict[str, Any]) -> None:
    consent = decide(*people, said=said, **facts)

    if consent.action == "keep":
        assert all(basis != "none" for _, basis, _ in consent.bases)
    assert {token for token, _, _ in consent.bases} == {person.token for person in people}


@given(PEOPLE, STANDINGS, SENSITIVE, st.sampled_from([ANN, CUSTOMER, CHILD]))
def test_another_person_or_sensitive_information_never_makes_it_more_lenient(
    people: list[Person], said: list[Standing], facts: dict[str, Any], joins: Person
) -> None:
    strictness = STRICTNESS.index(decide(*people, said=said, **facts).action)

    assert STRICTNESS.index(decide(*people, joins, said=said, **facts).action) >= strictness
    assert STRICTNESS.index(decide(*people, said=said, sensitive=True).action) >= strictness


@given(STANDINGS)
def test_a_childs_own_grant_is_never_one(said: list[Standing]) -> None:
    own = [one for one in said if not (one.guardian and one.state == "granted")]

    assert decide(CHILD, said=own).action != "keep"


BIRTHDAY = date(2026, 11, 22)
OF_GUARDIAN = replace(GRANTED, guardian=True, turns_14=BIRTHDAY)


@pytest.mark.parametrize(
    ("said", "day", "child"),
    [
        ([], BIRTHDAY, False),
        ([GRANTED], BIRTHDAY, False),
        ([replace(GRANTED, guardian=True)], date.max, True),
        ([OF_GUARDIAN], BIRTHDAY, True),
        ([OF_GUARDIAN], BIRTHDAY + DAY, False),
        ([OF_GUARDIAN, replace(GRANTED, guardian=True)], BIRTHDAY + DAY, False),
        ([OF_GUARDIAN, replace(OF_GUARDIAN, turns_14=BIRTHDAY + DAY)], BIRTHDAY + DAY, True),
        ([replace(GRANTED, turns_14=BIRTHDAY)], BIRTHDAY, False),
    ],
)
def test_a_child_is_whom_a_guardian_speaks_for_through_the_fourteenth_birthday(
    said: list[Standing],
    day: date,
    child: bool,  # noqa: FBT001
) -> None:
    assert fold(said).is_child(day) == child


def test_the_day_of_the_birthday_is_beijings() -> None:
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)
    known = {b"c": fold([OF_GUARDIAN])}

    assert CUSTOMER.as_known(known, midnight - timedelta(milliseconds=1)).minor
    assert not CUSTOMER.as_known(known, midnight).minor
    assert not CUSTOMER.as_known({}, midnight).minor


def test_whom_a_guardian_speaks_for_needs_both_answers_of_the_guardian_until_they_are_14() -> None:
    separate = replace(SEPARATE, guardian=True)

    assert (decide(CUSTOMER, said=[OF_GUARDIAN]).action, decide(CUSTOMER, said=[GRANTED]).action) == (
        "hold_back",
        "keep",
    )
    assert decide(CUSTOMER, said=[OF_GUARDIAN, separate]).rule == "consent.guardian"
    assert ask(CUSTOMER, said=[OF_GUARDIAN])[0].guardian
    grown: dict[str, Any] = {"sent_at": NOW + DAY, "received_at": NOW + DAY, "now": NOW + DAY}
    assert decide(CUSTOMER, said=[OF_GUARDIAN, separate], **grown).rule == "consent.unanswered"
    assert decide(CUSTOMER, said=[OF_GUARDIAN, separate, GRANTED], **grown).rule == "consent.granted"
    assert not ask(CUSTOMER, said=[OF_GUARDIAN], sent_at=NOW + DAY, now=NOW + DAY)[0].guardian
    assert ask(CUSTOMER, said=[OF_GUARDIAN], now=NOW + DAY)[0].guardian, "as it is decided: by the day it was sent"


@pytest.mark.parametrize(
    ("person", "changed", "asked"),
    [
        (CUSTOMER, {}, True),
        (CUSTOMER, {"other": ON_DUTY}, True),
        (CUSTOMER, {"other": ON_DUTY, "minor": ON_DUTY}, False),
        (ANN, {}, False),
        (ANN, {"custodian": replace(ON_DUTY, sensitive="consent")}, True),
    ],
)
def test_a_ledger_matters_where_consent_is_the_ground_or_would_be_a_childs(
    person: Person,
    changed: dict[str, Any],
    asked: bool,  # noqa: FBT001
) -> None:
    assert replace(POLICY, **changed).may_ask(person) == asked


def test_whoever_refused_the_conversation_is_not_asked_about_what_is_sensitive_in_it() -> None:
    assert ask(CUSTOMER, said=[make_standing("refused")], sensitive=True) == []
    assert [one.category for one in ask(CUSTOMER, said=[GRANTED], sensitive=True)] == ["sensitive"]


def ask(
    *people: Person, said: list[Standing] | None = None, sent_at: datetime = NOW, now: datetime = NOW, **facts: bool
) -> list[Request]:
    ledgers = {person.token: fold(said or []) for person in people}
    usual = {"sensitive": False, "forbidden": False}
    return list(requests(people=people, ledgers=ledgers, sent_at=sent_at, now=now, policy=POLICY, **usual | facts))


def test_who_has_not_answered_is_asked_with_the_text_that_is_in_force() -> None:
    [request] = ask(ANN, CUSTOMER)

    assert (request.token, request.category, request.rule, request.guardian) == (b"c", "general", "consent.ask", False)
    assert (request.notice_sha256, request.notice_version) == (sha256(TEXT.encode()).hexdigest(), "1")
    assert [one.category for one in ask(CUSTOMER, sensitive=True)] == ["general", "sensitive"]
    assert ask(CHILD)[0].guardian


@pytest.mark.parametrize(
    ("said", "after", "asked"),
    [
        ([make_standing("granted", NOW)], 3650 * DAY, False),
        ([make_standing("granted", NOW, method="m0")], DAY, True),
        ([make_standing("noticed", NOW)], 7 * DAY - timedelta(seconds=1), False),
        ([make_standing("noticed", NOW)], 7 * DAY, True),
        ([make_standing("granted", NOW, method="m0"), make_standing("noticed", NOW)], DAY, False),
        ([make_standing("refused", NOW)], 180 * DAY - timedelta(seconds=1), False),
        ([make_standing("refused", NOW)], 180 * DAY, True),
        ([make_standing("withdrawn", NOW)], 180 * DAY, True),
        ([make_standing("refused", NOW), make_standing("noticed", NOW + 180 * DAY)], 200 * DAY, False),
    ],
)
def test_nobody_is_asked_again_too_soon(said: list[Standing], after: timedelta, asked: bool) -> None:  # noqa: FBT001
    assert bool(ask(CUSTOMER, said=said, now=NOW + after)) == asked


@given(STANDINGS, st.integers(0, 170))
def test_nobody_is_asked_in_the_time_after_a_no(said: list[Standing], days: int) -> None:
    refused = make_standing("refused", NOW)

    assert not ask(CUSTOMER, said=[*said, refused], now=NOW + days * DAY)


def test_everybody_is_warned_of_what_the_law_forbids_and_not_again_for_a_while() -> None:
    warned = make_standing("noticed", NOW, purpose="warning", category="warning")

    assert [(one.token, one.rule) for one in ask(ANN, forbidden=True)] == [(b"a", "consent.warn")]
    assert ask(ANN, forbidden=True, said=[warned], now=NOW + 29 * DAY) == []
    assert len(ask(ANN, forbidden=True, said=[warned], now=NOW + 30 * DAY)) == 1


def test_nobody_who_has_no_ledger_is_forgotten() -> None:
    asked = requests(
        people=[CUSTOMER], ledgers={}, sensitive=False, forbidden=False, sent_at=NOW, now=NOW, policy=POLICY
    )

    assert len(asked) == 1
    assert Ledger().answer("archive", "general", by=NOW) is None


def provide(*people: Person, said: list[Standing], recipient: str = "auditor") -> tuple[bytes, ...]:
    ledgers = {person.token: fold(said) for person in people}
    return lacking(recipient, people, ledgers=ledgers, now=NOW)


def test_another_handler_gets_it_only_from_those_who_agreed_to_that_handler() -> None:  # G10
    agreed = make_standing("granted", purpose=purpose_of("auditor"))

    assert provide(CUSTOMER, CHILD, CUSTOMER, said=[GRANTED]) == (b"c", b"k"), "to be archived is another purpose"
    assert provide(CUSTOMER, said=[agreed]) == ()
    assert provide(CUSTOMER, said=[agreed], recipient="parent company") == (b"c",)
    assert provide(CHILD, said=[agreed]) == (b"k",)
    assert provide(CHILD, said=[replace(agreed, guardian=True)]) == ()
    assert provide(CUSTOMER, said=[agreed, make_standing("withdrawn", NOW, purpose=purpose_of("auditor"))]) == (b"c",)
