"""Deliveries with one capture, and what is known about the people in it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.archive.outcome import Outcome, Vault
from functions.capture.capture import Delivery
from functions.capture.package import unpack
from functions.law.consent import Ledger, Standing, fold
from functions.law.scope import Term
from tests.functions.archive.deciding import ON_CONSENT, kept, make_policy
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
