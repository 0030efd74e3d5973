"""Where a capture goes by what its people have agreed to."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.archive.outcome import Dropped, HeldBack, Outcome, Vault
from functions.capture.capture import Delivery, Flag
from functions.capture.package import unpack
from functions.law.consent import Ledger, Standing, fold
from functions.law.scope import Term
from tests.functions.archive.deciding import ON_CONSENT, fate, kept, make_policy
from tests.functions.builders import INDEX_KEY, make_delivery
from tests.make import NOW, make_event

IMAGE = {"type": "image", "media": [{"sha256": "ab" * 32}]}
MARKED = "机密★20年 会议纪要"
SENDER, RECIPIENT = (INDEX_KEY.token("participant", one) for one in ("account-1", "account-2"))
ASKING = make_policy(consent={"other": ON_CONSENT, "unanswered": "hold_back", "hold_days": 7, "after_hold": "drop"})


def deliver(text: str = "您好", *, conversation: dict[str, Any] | None = None, **changed: Any) -> Delivery:
    data = make_event(text)["data"]
    data["conversation"] |= conversation or {}
    return make_delivery(json.dumps(make_event(data=data), ensure_ascii=False).encode(), **changed)


def said(delivery: Delivery, about: str, outcome: Outcome | None = None) -> dict[str, Any]:
    record = outcome.record if isinstance(outcome, Vault) else kept(delivery)
    (decision,) = (one for one in unpack(record.plain.package)[0]["decisions"] if one["about"] == about)
    return dict(decision)


def standing(state: Any, *, minutes_before: int = 60, category: str = "general") -> Standing:
    method = make_policy().law.consent.notices.general.method
    return Standing(
        purpose=make_policy().law.consent.purpose,
        state=state,
        at=NOW - timedelta(minutes=minutes_before),
        notice_sha256="",
        category=category,
        method=method,
    )


def ledgers(*states: str, of: tuple[bytes, ...] = (SENDER, RECIPIENT)) -> dict[bytes, Ledger]:
    return {token: fold(standing(state, minutes_before=60 - at) for at, state in enumerate(states)) for token in of}


def term(token: bytes, **changed: Any) -> Term:
    fields: dict[str, Any] = {"regimes": frozenset(), "valid_from": datetime(2026, 1, 1, tzinfo=UTC)}
    return Term(**{"token": token, "valid_until": None, **fields, **changed})


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
