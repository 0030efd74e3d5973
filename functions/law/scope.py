"""Whose conversations are kept under which rules, and when; and whether this one is. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from functions.law.rulebook import Cited, shipped

BEIJING = timezone(timedelta(hours=8))  # mainland China has had one time and no summer time since 1991

Device = Literal["corporate", "byod"]
Choice = Literal["keep", "drop"]


class ScopeRule(Cited):
    """One answer there is."""

    keeps: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One custodian over one interval. The account itself stands nowhere: `token` is its keyed name."""

    token: bytes
    valid_from: datetime
    valid_until: datetime | None
    regimes: frozenset[str]
    jurisdictions: frozenset[str] = frozenset()
    """Whose law the custodian works under: ISO 3166-1 alpha-2."""
    device: Device | None = None
    """Whose telephone it is; None where nobody said."""

    def covers(self, moment: datetime) -> bool:
        """From `valid_from`, up to but not including `valid_until`."""
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)


class Brought(NamedTuple):
    """What the terms of some people bring along."""

    regimes: frozenset[str]
    jurisdictions: frozenset[str]

    @classmethod
    def by(cls, terms: Sequence[Term]) -> "Brought":
        return cls(
            frozenset().union(*[term.regimes for term in terms]),
            frozenset().union(*[term.jurisdictions for term in terms]),
        )


class Roll:
    """All terms, by account token; and whom the firm knows as business contacts, and what it leaves out."""

    def __init__(
        self,
        terms: Iterable[Term],
        *,
        contacts: Iterable[bytes] = (),
        excluded: Iterable[bytes] = (),
    ) -> None:
        self._terms: dict[bytes, list[Term]] = {}
        for term in terms:
            self._terms.setdefault(term.token, []).append(term)
        moments = {
            moment for held in self._terms.values() for one in held for moment in (one.valid_from, one.valid_until)
        }
        self._edges = sorted(moment for moment in moments if moment is not None)
        self._everyones: dict[int, Brought] = {}
        self.contacts = frozenset(contacts)
        self.excluded = frozenset(excluded)

    def covering(self, participants: Iterable[bytes], moment: datetime) -> list[Term]:
        """The terms of these people at that moment."""
        return [term for token in participants for term in self._terms.get(token, ()) if term.covers(moment)]

    def everyones(self, moment: datetime) -> list[Term]:
        """The terms of everybody at that moment."""
        return self.covering(self._terms, moment)

    def anyones(self, moment: datetime) -> Brought:
        """What somebody brings along at that moment: for captures that do not say whose they are.

        Remembered: it changes only where a term begins or ends.
        """
        between = bisect_right(self._edges, moment)
        if between not in self._everyones:
            self._everyones[between] = Brought.by(self.everyones(moment))
        return self._everyones[between]

    def excludes(self, tokens: Iterable[bytes]) -> bool:
        """Whether a participant or the conversation is on the list of what the firm leaves out."""
        return not self.excluded.isdisjoint(tokens)

    def regimes(self, participants: Iterable[bytes], moment: datetime) -> frozenset[str]:
        """The rules that any participant brings along at that moment."""
        return Brought.by(self.covering(participants, moment)).regimes

    def all_regimes(self) -> frozenset[str]:
        """Every rule that anybody brings along, to be checked before any is needed."""
        return frozenset().union(*(term.regimes for terms in self._terms.values() for term in terms))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When the firm works, by the clock of Beijing."""

    begin: time
    end: time
    weekdays: frozenset[Annotated[int, Field(strict=True, ge=1, le=7)]]
    """1 is Monday, as ISO 8601 counts."""
    holidays: frozenset[date]
    workdays: frozenset[date]
    """Days that are worked in exchange for a holiday."""

    def include(self, moment: datetime) -> bool:
        local = moment.astimezone(BEIJING)
        works = local.isoweekday() in self.weekdays and local.date() not in self.holidays
        return (works or local.date() in self.workdays) and self.begin <= local.time() < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceScope:
    """Which of a custodian's conversations on such a device are the firm's to keep."""

    private: Choice
    """Those that somebody marked as private."""
    contacts: Literal["anyone", "business"]
    """Those with anyone, or only those with a business contact or between custodians."""
    hours: Literal["always", "work"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopePolicy:
    """What a deployment keeps."""

    no_custodian: Choice
    """Conversations in which everybody is named and nobody is a custodian."""
    excluded: Choice
    """Those with an account, or in a conversation, of the configuration's `[[excluded]]`."""
    corporate: DeviceScope
    byod: DeviceScope
    unstated: DeviceScope
    """Nobody said whose telephone it is."""
    hours: Hours

    def device(self, device: Device | None) -> DeviceScope:
        return {"corporate": self.corporate, "byod": self.byod, None: self.unstated}[device]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The decision."""

    kept: bool
    rule: str
    version: str
    reason: str
    """One word that may stand in a tombstone: the last part of the rule's id."""
    custodians: int
    """How many of the people named are custodians at that moment."""
    regimes: frozenset[str]
    jurisdictions: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    participants: frozenset[bytes]
    complete: bool
    private: bool
    sent_at: datetime


def decide_scope(
    *,
    participants: Sequence[bytes],
    complete: bool,
    private: bool,
    excluded: bool,
    sent_at: datetime,
    roll: Roll,
    policy: ScopePolicy,
) -> Scope:
    """Total. What does not name everybody in its conversation is never dropped for want of a custodian or a contact.

    `complete` says whether everybody is named; of what cannot be read nobody is.
    """
    terms = roll.covering(participants, sent_at)
    facts = _Facts(participants=frozenset(participants), complete=complete, private=private, sent_at=sent_at)
    rule = "scope.excluded" if excluded and policy.excluded == "drop" else _rule(terms, facts, roll, policy)
    brought = Brought.by(terms) if complete else roll.anyones(sent_at)
    book = shipped("scope", ScopeRule)
    return Scope(
        kept=book.rules[rule].keeps,
        rule=rule,
        version=book.version,
        reason=rule.rpartition(".")[2],
        custodians=len({term.token for term in terms}),
        regimes=brought.regimes,
        jurisdictions=brought.jurisdictions,
    )


def _rule(terms: Sequence[Term], facts: _Facts, roll: Roll, policy: ScopePolicy) -> str:
    if not terms and facts.complete and policy.no_custodian == "drop":
        return "scope.nobody"
    devices = [policy.device(term.device) for term in terms] or [policy.unstated]
    refusals = [next(_refusals(device, terms, facts, roll, policy.hours), None) for device in devices]
    first = refusals[0]
    if first is not None and None not in refusals:  # one custodian for whom it is business is enough
        return first
    if terms:
        return "scope.custodian"
    return "scope.everyone" if facts.complete else "scope.incomplete"


def _refusals(device: DeviceScope, terms: Sequence[Term], facts: _Facts, roll: Roll, hours: Hours) -> Iterator[str]:
    if facts.private and device.private == "drop":
        yield "scope.private"
    if device.contacts == "business" and facts.complete and not _is_business(terms, facts, roll):
        yield "scope.contacts"
    if device.hours == "work" and not hours.include(facts.sent_at):
        yield "scope.hours"


def _is_business(terms: Sequence[Term], facts: _Facts, roll: Roll) -> bool:
    """With a business contact, or between custodians."""
    return len({term.token for term in terms}) > 1 or not roll.contacts.isdisjoint(facts.participants)
