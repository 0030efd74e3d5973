"""A record decided again, as the archive room would today under another policy. The only place that calls that room."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.archive.decide import Known, decide
from functions.archive.draft import draft
from functions.archive.outcome import Dropped, HeldBack, Outcome, Quarantined
from functions.archive.policy import Policy
from functions.canonical import moment_text, parse_moment
from functions.capture.capture import Delivery, Flag, Item, Part
from functions.capture.package import unpack
from functions.capture.tokens import Names
from functions.classify.lexicon import Lexicons
from functions.law.consent import GENERAL, SENSITIVE, ConsentPolicy, Ledger, Standing, State, fold
from functions.law.policy import Policy as LawPolicy
from functions.law.retention import rule_book
from functions.law.scope import Roll, Term
from reader.show import Answer

FLOOR_DAYS = 1
"""The deployment's own floor is the same under both policies, and nothing that a policy decides."""
SAID: Mapping[str, tuple[State, tuple[str, ...]]] = {
    "consent.granted": ("granted", (GENERAL,)),
    "consent.granted_before": ("granted", (GENERAL, SENSITIVE)),
    "consent.guardian": ("granted", (GENERAL, SENSITIVE)),
    "consent.separate": ("granted", (SENSITIVE,)),
    "consent.refused": ("refused", (GENERAL, SENSITIVE)),
    "consent.withdrawn": ("withdrawn", (GENERAL, SENSITIVE)),
}
"""What a person had said when a record was decided, by the rule that decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What both decisions have in common."""

    roll: Roll = field(repr=False)
    names: Names = field(repr=False)
    lexicons: Lexicons = field(repr=False)


def redecide(told: Mapping[str, Any], law: LawPolicy, *, asked: ConsentPolicy, bench: Bench) -> dict[str, str]:
    """What would be decided about the record of this answer, in a few words by subject.

    `asked` is the policy under which its people were asked: what they said then is what they say now. Raises Unproven.
    """
    about = told["envelope"]
    delivery, item = _delivery(about, Answer(told).capture(), told["capture"]["media_type"])
    policy = Policy(archive_id=about["archive"], law=law, floor_days=FLOOR_DAYS, rules=rule_book(), roll=bench.roll)
    known = Known(ledgers=_ledgers(about["decisions"], asked, about["received_at"]))
    one = draft(delivery, item, policy=policy, names=bench.names, lexicons=bench.lexicons)
    outcome = decide(one, known, policy=policy, names=bench.names, now=delivery.received_at)
    return _words(outcome, [decision.line() for decision in one.decisions])


def roll_of(items: Iterable[Mapping[str, Any]]) -> Roll:
    """From the items of the custodians' table."""
    listed: dict[str, list[Mapping[str, Any]]] = {"custodian": [], "contact": [], "excluded": []}
    for item in items:
        listed[item.get("role", "custodian")].append(item)
    return Roll(
        map(_term, listed["custodian"]),
        contacts=(item["token"] for item in listed["contact"]),
        excluded=(item["token"] for item in listed["excluded"]),
    )


def _term(item: Mapping[str, Any]) -> Term:
    return Term(
        token=item["token"],
        valid_from=parse_moment(item["valid_from"]),
        valid_until=parse_moment(item["valid_until"]) if "valid_until" in item else None,
        regimes=frozenset(item.get("regimes", ())),
        jurisdictions=frozenset(item.get("jurisdictions", ())),
        device=item.get("device"),
    )


def _delivery(about: Mapping[str, Any], capture: bytes, media_type: str) -> tuple[Delivery, Item]:
    """As it was when the archive room opened it, without its neighbours."""
    item = Item(
        offset=0,
        length=len(capture),
        source=about["source"],
        event_id=about["event_id"],
        event_type=about["event_type"],
        sent_at=parse_moment(about["sent_at"]),
        sent_at_source=about["sent_at_source"],
        record_id=about["record_id"],
    )
    delivery = Delivery(
        delivery_id=about["delivery_id"],
        door=about["door"],
        endpoint=about["endpoint"],
        received_at=parse_moment(about["received_at"]),
        evidence={**about["evidence"]},
        flags=Flag.of(about["flags"]),
        items=(item,),
        parts=(Part(name="capture", media_type=media_type, body=capture),),
    )
    return delivery, item


def _ledgers(decisions: Iterable[Mapping[str, Any]], asked: ConsentPolicy, received_at: str) -> dict[bytes, Ledger]:
    """What each person had said, from the decision that it led to."""
    said: dict[bytes, list[Standing]] = {}
    people = (one for decision in decisions for one in decision["result"].get("people", ()))
    for person in people:
        state, categories = SAID.get(person["rule"], ("noticed", ()))
        said.setdefault(bytes.fromhex(person["person"]), []).extend(
            Standing(
                purpose=asked.purpose,
                state=state,
                at=parse_moment(received_at),
                notice_sha256="",
                category=category,
                method=asked.method(category),
                guardian=person["rule"] == "consent.guardian",
            )
            for category in categories
        )
    return {token: fold(standings) for token, standings in said.items()}


def _words(outcome: Outcome, drafted: list[dict[str, Any]]) -> dict[str, str]:
    match outcome:
        case Dropped():
            return {"outcome": f"dropped by {outcome.rule}"} | _decided(drafted)
        case HeldBack():
            return {"outcome": f"held back until {moment_text(outcome.until)} by {outcome.rule}"} | _decided(drafted)
        case Quarantined():
            return {"outcome": f"quarantine by {outcome.rule}"} | _decided(drafted)
        case _:
            description, _parts = unpack(outcome.record.plain.package)
            return {"outcome": "vault"} | _decided(description["decisions"])


RESULT: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "scope": lambda result: "kept" if result["kept"] else "dropped",
    "secrecy": lambda result: result["found"],
    "tier": lambda result: result["tier"],
    "consent": lambda result: result["action"],
    "retention": lambda result: f"until {result['retain_until']}{'' if result['erasable'] else ', not erasable'}",
}
"""What of a result matters, by what it is about."""


def _decided(decisions: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {
        one["about"]: f"{RESULT[one['about']](one['result'])} by {one['rule']}"
        for one in decisions
        if one["about"] in RESULT
    }
