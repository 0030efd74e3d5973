"""A capture that has been understood and looked through, before anything that others said is asked for. Pure.

Scope comes first: what is not the firm's is not looked into. Secrecy comes before everything that would lock it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from functions.archive import classify
from functions.archive.classify import Seen
from functions.archive.interpret import interpret
from functions.archive.outcome import Decision, Dropped, Quarantined
from functions.archive.policy import Policy
from functions.capture.capture import Delivery, Flag, Interpretation, Item, Kind
from functions.capture.tokens import Names
from functions.classify.lexicon import Lexicons
from functions.law import secrecy
from functions.law.scope import Scope, decide_scope
from functions.law.secrecy import Reason, Secrecy, Weights, assess
from functions.law.sections import SecrecyPolicy
from functions.malware.scan import Scan

OWN = frozenset({Kind.ACT, Kind.REPORT})
"""What the archive's own people and rooms write."""
TOKEN_COST_BYTES = 200  # of memory, with its name and its place in a directory
THRESHOLD = "secrecy.threshold"
CUE = "cue:"
NOTHING = Seen()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known of a capture from itself."""

    delivery: Delivery = field(repr=False)
    item: Item
    meaning: Interpretation = field(repr=False)
    accounts: tuple[bytes, ...]
    """The participants' tokens."""
    conversation: bytes | None
    scope: Scope
    seen: Seen = field(repr=False)
    flags: Flag
    decisions: tuple[Decision, ...]
    early: Dropped | Quarantined | None
    """Where it goes, if that is decided already."""
    scans: tuple[Scan | None, ...] = ()
    """Of each file that the capture names: what the scan said, where its bytes are in the capture."""

    @property
    def capture(self) -> bytes:
        return self.delivery.capture(self.item)

    @property
    def unseals(self) -> str | None:
        """The sealed record of which this is the message, decrypted later."""
        sealed: str | None = self.delivery.evidence.get("unseals", {}).get(self.item.event_id)
        return sealed

    @property
    def size_bytes(self) -> int:
        return self.item.length + TOKEN_COST_BYTES * len(self.accounts)


def draft(delivery: Delivery, item: Item, *, policy: Policy, names: Names, lexicons: Lexicons) -> Draft:
    """Total: every item has one."""
    meaning = interpret(delivery, item)
    accounts = tuple(names.token("participant", account) for account in meaning.participants)
    conversation = names.token("conversation", meaning.conversation) if meaning.conversation else None
    scope = _scope(meaning, item, accounts, conversation, policy)
    blank = Draft(
        delivery=delivery,
        item=item,
        meaning=meaning,
        accounts=accounts,
        conversation=conversation,
        scope=scope,
        seen=NOTHING,
        flags=delivery.flags | meaning.flags,
        decisions=(_scope_decision(scope, policy),),
        early=None if scope.kept else Dropped("scope", scope.reason, scope.rule),
    )
    return _look(blank, policy, names, lexicons) if scope.kept else blank


def _scope(
    meaning: Interpretation, item: Item, accounts: tuple[bytes, ...], conversation: bytes | None, policy: Policy
) -> Scope:
    """Acts and reports, and what somebody says about consent, are the firm's whoever is in them."""
    ours = meaning.kind in OWN or meaning.kind is Kind.CONSENT
    parties = (*accounts, conversation) if conversation else accounts
    return decide_scope(
        participants=accounts,
        complete=meaning.complete and not ours,
        private=meaning.private and not ours,
        excluded=not ours and policy.roll.excludes(parties),
        sent_at=item.sent_at,
        roll=policy.roll,
        policy=policy.law.scope,
    )


def _scope_decision(scope: Scope, policy: Policy) -> Decision:
    result = {
        "kept": scope.kept,
        "reason": scope.reason,
        "custodians": scope.custodians,
        "jurisdictions": sorted(scope.jurisdictions),
    }
    return Decision("scope", scope.rule, policy.version(scope.version), result)


def _look(blank: Draft, policy: Policy, names: Names, lexicons: Lexicons) -> Draft:
    texts = blank.meaning.texts
    seen = classify.look(texts, lexicons, sent_at=blank.item.sent_at)
    found = assess(
        texts,
        seen.signs,
        digest=lambda span: names.key.token("span", span).hex(),
        unread=tuple(_unread(blank)),
        rules=_weights(policy.law.secrecy, policy.law.version),
    )
    flags = blank.flags | (Flag.HAS_FINDINGS if seen.findings else Flag.NONE)
    return replace(
        blank,
        seen=seen,
        flags=flags | (Flag.NONE if found.inspected else Flag.NOT_INSPECTED),
        decisions=(*blank.decisions, classify.decision(seen), _secrecy_decision(found, blank)),
        early=_quarantined(found, blank, policy),
    )


@lru_cache(maxsize=8)
def _weights(policy: SecrecyPolicy, version: str) -> Weights:
    return secrecy.under(policy, version)


def _unread(blank: Draft) -> Iterator[str]:
    """What of it nobody has read, in our own words."""
    flags = blank.flags
    if blank.meaning.media or Flag.MEDIA_MISSING in flags:
        yield "media"
    yield from (
        one.name.lower() for one in (Flag.SEALED, Flag.UNPARSED, Flag.UNKNOWN_TYPE) if one in flags and one.name
    )


def _secrecy_decision(found: Secrecy, blank: Draft) -> Decision:
    """With the places, and keyed hashes of what stands there; and where it was cleared, by which acts and when."""
    reasons = [
        {
            "code": one.code,
            "rule": one.rule,
            "field": one.field,
            "start": one.start,
            "end": one.end,
            "digest": one.digest,
            "score": one.score,
        }
        for one in found.reasons
    ]
    result = {"found": found.result, "score": found.score, "threshold": found.threshold, "reasons": reasons}
    result |= {"unread": list(found.unread)} | _cleared(blank)
    return Decision("secrecy", found.reasons[0].rule if found.reasons else THRESHOLD, found.version, result)


def _cleared(blank: Draft) -> dict[str, object]:
    """Why it comes late: what the office room wrote into the evidence of a capture that an officer cleared."""
    told = ("cleared", "quarantined_at", "cleared_at")
    return {name: blank.delivery.evidence[name] for name in told if name in blank.delivery.evidence}


def _spoken(reason: Reason) -> str:
    """The code of a reason as it may stand outside the seal: a cue is a word of the text, and stays inside."""
    return reason.rule if reason.code.startswith(CUE) else reason.code


def _quarantined(found: Secrecy, blank: Draft, policy: Policy) -> Quarantined | None:
    if blank.meaning.kind in OWN or "cleared" in blank.delivery.evidence:
        return None
    if found.suspect:
        return Quarantined(tuple(dict.fromkeys(map(_spoken, found.reasons))), found.reasons[0].rule)
    if not found.inspected and policy.law.secrecy.uninspected == "quarantine":
        return Quarantined(tuple(f"{secrecy.NOT_INSPECTED}:{one}" for one in found.unread), "policy.uninspected")
    return None
