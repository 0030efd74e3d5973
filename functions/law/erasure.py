"""May this record be erased (PIPL 47)? Refused, restricted instead, or yes; always with the rule that says so.

Only a PRC source defeats a deletion: a foreign rule, a contract or our own policy does not. (PIPL 47 para. 2 names laws
and administrative regulations; a department's rule is counted with them, in doubt.) What nobody can unlock is
restricted, since deleting it is technically hard. A hold refuses whatever the ground: somebody has to release it first.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from functions.law.locks import Lock
from functions.law.retention import PRC_SOURCES
from functions.law.states import State

PIPL_47 = "Personal Information Protection Law of the PRC (2021), art. 47"


class Ground(StrEnum):
    """Why it should be erased, as PIPL 47 para. 1 lists it."""

    PURPOSE_DONE = "purpose_done"
    SERVICE_STOPPED = "service_stopped"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    UNLAWFUL = "unlawful"
    OTHER_LAW = "other_law"
    WISH = "wish"
    """Somebody asks, and none of the others is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One retention rule that ran for the record when it was archived, or was put on it since."""

    rule: str
    citation: str
    legal_source: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the decision looks at. Class and lock come from storage, never from a table."""

    ground: Ground
    state: State
    holds: tuple[str, ...]
    """Ids of the holds that cover the record; `s3` where only the object's own legal hold says so."""
    erasable: bool
    """Of the class in the segment's header."""
    retain_until: date
    """Of the class in the segment's header."""
    lock: Lock
    """Of the keyring, as S3 reports it."""
    reasons: tuple[Reason, ...] = ()
    """Those that stand in the record, where the caller could open it."""
    now: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing happens."""

    rule: str
    citation: str


@dataclass(frozen=True, slots=True)
class Restrict:
    """It stays, and is stored and protected alone."""

    rule: str
    citation: str


@dataclass(frozen=True, slots=True)
class Erase:
    """Its salt may be removed."""

    rule: str = "cn.pipl.47.1"
    citation: str = f"{PIPL_47} para. 1"


def decide_erasure(facts: Facts) -> Refused | Restrict | Erase:
    """Holds win over grounds, PRC periods over wishes.

    What a table calls erased is judged like any other: a false line in it must not open a way around a hold.
    """
    if facts.state is State.SECRET_FROZEN:
        return Refused("cn.ssl.34", "State Secrets Law of the PRC (2024), art. 34: kept until the authority orders")
    if facts.holds:
        return Refused("hold", f"on hold: {', '.join(sorted(facts.holds))}")
    kept_by = _period(facts)
    if facts.ground is Ground.WISH:
        return Refused(*(kept_by or ("cn.pipl.47.1", f"{PIPL_47} para. 1: none of its grounds is shown")))
    return Restrict(*kept_by) if kept_by else Erase()


def _period(facts: Facts) -> tuple[str, str] | None:
    """The rule and citation that keep it now; the one that runs longest."""
    today = facts.now.astimezone(UTC).date()
    running = [one for one in facts.reasons if one.legal_source in PRC_SOURCES and one.until > today]
    if running:
        longest = max(running, key=lambda one: (one.until, one.rule))
        return longest.rule, longest.citation
    if not facts.erasable and facts.retain_until > today:
        return "class.fixed", f"a rule with a PRC source runs until {facts.retain_until}: it stands in the record"
    if facts.lock.mode == "COMPLIANCE" and facts.lock.until > facts.now:
        until = facts.lock.until.astimezone(UTC).date()
        return "cn.pipl.47.2", f"{PIPL_47} para. 2: nobody can lift the lock on its keyring before {until}"
    return None
