"""What becomes of a capture: tier, consent, retention, class; every decision written down. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from functions.archive import record
from functions.archive.draft import OWN, Draft
from functions.archive.outcome import Decision, Dropped, HeldBack, Outcome, Vault
from functions.archive.policy import Policy
from functions.capture.capture import Flag, Kind
from functions.capture.tokens import Names
from functions.law import retention
from functions.law.consent import Consent, Ledger, Person, decide_consent
from functions.law.counters import Increment, increments, scopes
from functions.law.retention import Retention, RuleBook
from functions.law.tier import Tier, decide_tier

UNGROUNDED = "none"
"""What a decision about consent calls a person's ground when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What has to be looked up for a batch."""

    ledgers: Mapping[bytes, Ledger] = field(default_factory=dict, repr=False)
    counters: Mapping[tuple[str, bytes], int] = field(default_factory=dict)
    """By the counter's name and scope."""


def decide(one: Draft, known: Known, *, policy: Policy, names: Names, now: datetime) -> Outcome:
    """Total: every draft has one outcome."""
    if one.early is not None:
        return one.early
    chosen = choose_tier(one, known, policy)
    agreed = agree(one, known, policy=policy, now=now)
    if agreed.action == "drop":
        return Dropped("consent", "consent", agreed.rule)
    if agreed.action == "hold_back" and agreed.until is not None:
        return HeldBack(
            tuple(dict.fromkeys(token for token, ground, _ in agreed.bases if ground == UNGROUNDED)),
            agreed.until,
            agreed.rule,
        )
    kept = keep(one, policy=policy, now=now)
    flags = one.flags
    if agreed.action == "restrict":
        flags |= Flag.RESTRICTED
    if kept.dual_regime:
        flags |= Flag.DUAL_REGIME
    retained = _retention(kept, policy.version(kept.version))
    decisions = (*one.decisions, _tier(chosen), _consent(agreed, one, policy), retained)
    return Vault(record.write(one, decisions, tier=chosen.name, kept=kept, flags=flags, policy=policy, names=names))


def people(one: Draft, policy: Policy) -> tuple[Person, ...]:
    """Whose information is processed. Nobody's consent is asked to what somebody said about consent, or to an act."""
    if one.meaning.kind in OWN or one.meaning.kind is Kind.CONSENT:
        return ()
    custodians = {term.token for term in policy.roll.covering(one.accounts, one.item.sent_at)}
    return tuple([Person(token=token, custodian=token in custodians) for token in one.accounts])


def choose_tier(one: Draft, known: Known, policy: Policy) -> Tier:
    """The highest that findings, lexicons, marks or sums give; never below what the policy starts from."""
    where = scopes(one.conversation, policy.tiers) if known.counters else {}
    sums = {name: known.counters[name, scope] for name, scope in where.items() if (name, scope) in known.counters}
    return decide_tier(one.seen.found, counters=sums, rules=policy.tiers)


def adds(one: Draft, policy: Policy) -> tuple[Increment, ...]:
    """What the record adds to which sum."""
    return increments(
        one.seen.found,
        sensitive=one.seen.sensitive_findings,
        people=one.accounts,
        conversation=one.conversation,
        rules=policy.tiers,
    )


def agree(one: Draft, known: Known, *, policy: Policy, now: datetime) -> Consent:
    return decide_consent(
        people=people(one, policy),
        ledgers=known.ledgers,
        sensitive=bool(one.seen.sensitive_findings),
        sent_at=one.item.sent_at,
        received_at=one.delivery.received_at,
        now=now,
        policy=policy.law.consent,
    )


def keep(one: Draft, *, policy: Policy, now: datetime) -> Retention:
    return _keep(
        policy.rules,
        one.scope.regimes.union(policy.law.retention.regimes),
        sent=retention.midnight_after(one.item.sent_at),
        archived=retention.midnight_after(now),
        floor_days=policy.floor_days,
    )


@lru_cache(maxsize=1024)
def _keep(rules: RuleBook, regimes: frozenset[str], *, sent: date, archived: date, floor_days: int) -> Retention:
    chosen = rules.choose(regimes)
    return retention.decide(rules=chosen, version=rules.version, sent=sent, archived=archived, floor_days=floor_days)


@lru_cache(maxsize=1024)
def _tier(chosen: Tier) -> Decision:
    reasons = [{"tier": one.tier, "rule": one.rule, "on": one.on} for one in chosen.reasons]
    return Decision("tier", chosen.rule, chosen.version, {"tier": chosen.name, "reasons": reasons})


def _consent(agreed: Consent, one: Draft, policy: Policy) -> Decision:
    """Each person by their place among the participants, under the ground and rule that they share."""
    places = {token: at for at, token in enumerate(one.accounts)}
    grounds: dict[tuple[str, str], list[int]] = {}
    for token, ground, rule in agreed.bases:
        grounds.setdefault((ground, rule), []).append(places[token])
    told = tuple([(ground, rule, tuple(people)) for (ground, rule), people in grounds.items()])
    return _agreed(agreed.action, agreed.rule, policy.version(agreed.version), told)


@lru_cache(maxsize=1024)
def _agreed(action: str, rule: str, version: str, grounds: tuple[tuple[str, str, tuple[int, ...]], ...]) -> Decision:
    told = [{"basis": basis, "rule": rule, "people": list(people)} for basis, rule, people in grounds]
    return Decision("consent", rule, version, {"action": action, "grounds": told})


@lru_cache(maxsize=1024)
def _retention(kept: Retention, version: str) -> Decision:
    result = {
        "retain_until": kept.retain_until.isoformat(),
        "erasable": kept.erasable,
        "reasons": [{"rule": rule, "until": until.isoformat()} for rule, until in kept.reasons],
        "waiting": [{"rule": rule, "event": event} for rule, event in kept.waiting],
        "excess": [
            {"rule": one.rule, "needed_until": one.needed_until.isoformat(), "kept_until": one.kept_until.isoformat()}
            for one in kept.excess
        ],
    }
    return Decision("retention", kept.reasons[0][0], version, result)
