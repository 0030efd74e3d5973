"""Where a capture goes by what its people have agreed to."""

from dataclasses import replace
from datetime import timedelta

from functions.archive.outcome import Dropped, HeldBack, Vault
from functions.capture.capture import Flag
from tests.functions.archive.deciding import ON_CONSENT, fate, kept, make_policy
from tests.functions.archive.outcomes import ASKING, RECIPIENT, SENDER, deliver, ledgers, said, term
from tests.make import NOW


def test_what_somebody_has_not_agreed_to_is_held_back_until_the_policys_day() -> None:
    outcome = fate(deliver(), ASKING, ledgers=ledgers("granted", of=(SENDER,)))

    assert outcome == HeldBack((RECIPIENT,), NOW + timedelta(days=7), "consent.unanswered")


def test_what_everybody_has_agreed_to_is_kept_and_says_on_what_ground() -> None:
    delivery = deliver()
    decision = said(delivery, "consent", fate(delivery, ASKING, ledgers=ledgers("noticed", "granted")))

    assert decision["result"] == {
        "action": "keep",
        "grounds": [{"basis": "consent", "rule": "consent.granted", "people": [0, 1]}],
    }


def test_what_is_still_unanswered_when_it_is_due_is_dropped_or_restricted_as_the_policy_says() -> None:
    later = NOW + timedelta(days=7)
    restricting = replace(ASKING, law=replace(ASKING.law, consent=replace(ASKING.law.consent, after_hold="restrict")))

    assert fate(deliver(), ASKING, now=later) == Dropped("consent", "consent", "consent.expired")
    outcome = fate(deliver(), restricting, now=later)
    assert isinstance(outcome, Vault)
    assert Flag(outcome.record.plain.flags) == Flag.RESTRICTED


def test_what_somebody_refused_is_dropped_or_restricted_as_the_policy_says() -> None:
    dropping = make_policy(consent={"other": ON_CONSENT, "refused": "drop"})

    assert fate(deliver(), dropping, ledgers=ledgers("refused")) == Dropped("consent", "consent", "consent.refused")
    assert Flag.RESTRICTED in Flag(
        kept(deliver(), policy=make_policy(consent={"other": ON_CONSENT}), ledgers=ledgers("refused")).plain.flags
    )


def test_a_custodian_rests_on_another_ground_than_those_they_talk_to() -> None:
    policy = replace(ASKING, roll=make_policy(term(SENDER)).roll)

    assert isinstance(fate(deliver(), policy, ledgers=ledgers("granted", of=(RECIPIENT,))), Vault)
