"""One capture through all decisions, under a policy of which only what matters is said."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from functions.archive.decide import Known, decide
from functions.archive.draft import Draft, draft
from functions.archive.outcome import Outcome, Record, Vault
from functions.archive.policy import Policy
from functions.capture.capture import Delivery
from functions.capture.tokens import Names
from functions.classify.lexicon import load
from functions.law.consent import Bases, Ledger
from functions.law.holds import Hold
from functions.law.policy import Policy as LawPolicy, deployed
from functions.law.retention import rule_book
from functions.law.scope import Roll, Term
from tests.functions.builders import ARCHIVE_ID, INDEX_KEY
from tests.make import NOW

LEXICONS = load()
ON_CONSENT = Bases(general="consent", sensitive="consent")
ON_CONTRACT = Bases(general="contract", sensitive="contract")


def make_law(*, regimes: tuple[str, ...] = ("us.sec.17a4.b4",), **changed: Mapping[str, Any]) -> LawPolicy:
    """The ready profile `general-enterprise`, with some fields of some sections changed.

    Nobody's consent is asked for unless a test says so.
    """
    law = deployed()
    consent: dict[str, Any] = {"custodian": ON_CONTRACT, "other": ON_CONTRACT, **changed.pop("consent", {})}
    law = replace(law, retention=replace(law.retention, regimes=regimes), consent=replace(law.consent, **consent))
    return replace(law, **{name: replace(getattr(law, name), **fields) for name, fields in changed.items()})


def make_policy(
    *terms: Term,
    regimes: tuple[str, ...] = ("us.sec.17a4.b4",),
    excluded: tuple[bytes, ...] = (),
    holds: tuple[Hold, ...] = (),
    **changed: Mapping[str, Any],
) -> Policy:
    return Policy(
        archive_id=ARCHIVE_ID,
        law=make_law(regimes=regimes, **changed),
        floor_days=180,
        rules=rule_book(),
        roll=Roll(terms, excluded=excluded),
        holds=holds,
    )


def drafted(delivery: Delivery, policy: Policy | None = None) -> Draft:
    return draft(delivery, delivery.items[0], policy=policy or make_policy(), names=Names(INDEX_KEY), lexicons=LEXICONS)


def fate(
    delivery: Delivery,
    policy: Policy | None = None,
    *,
    now: datetime = NOW,
    ledgers: Mapping[bytes, Ledger] | None = None,
    counters: Mapping[tuple[str, bytes], int] | None = None,
) -> Outcome:
    policy = policy or make_policy()
    known = Known(ledgers=ledgers or {}, counters=counters or {})
    return decide(drafted(delivery, policy), known, policy=policy, names=Names(INDEX_KEY), now=now)


def kept(delivery: Delivery, *, policy: Policy | None = None, **known: Any) -> Record:
    """Of what goes to the vault."""
    outcome = fate(delivery, policy, **known)
    assert isinstance(outcome, Vault)
    return outcome.record
