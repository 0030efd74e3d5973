"""On what ground each person's information is processed, and what follows where there is none. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Annotated, Literal, get_args

from pydantic import Field

from functions.law.rulebook import Cited, shipped
from functions.law.scope import BEIJING

Basis = Literal["consent", "contract", "hr_rules", "statutory_duty", "emergency", "news", "lawfully_public", "law"]
"""Personal Information Protection Law, art. 13."""
State = Literal["granted", "refused", "withdrawn", "noticed"]
Action = Literal["keep", "restrict", "hold_back", "drop"]
STRICTNESS: tuple[Action, ...] = get_args(Action)
STATES: tuple[State, ...] = ("noticed", "granted", "refused", "withdrawn")
"""Of two entries of one moment the later here wins."""
GENERAL, SENSITIVE, WARNING = "general", "sensitive", "warning"
"""What a notice is about: the conversation; what is sensitive in it; content that the law forbids."""
Word = Annotated[str, Field(min_length=1, max_length=64)]


class ConsentRule(Cited):
    """One answer there is."""

    basis: Basis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One entry of the ledger: somebody was asked, or answered."""

    purpose: str
    state: State
    at: datetime
    notice_sha256: str
    """Of the text that was shown, lowercase hex."""
    category: str
    """Of information: `general` or `sensitive`, which wants consent of its own."""
    method: str
    guardian: bool = False
    """Whether a parent or guardian said it."""
    turns_14: date | None = None
    """The person's fourteenth birthday, where a guardian told it."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that one person was told and said, oldest first. The order of arrival does not matter."""

    standings: tuple[Standing, ...] = ()

    def answer(self, purpose: str, category: str, *, by: datetime, guardian: bool = False) -> Standing | None:
        """The latest answer until then. A grant counts only from who may give it; with `guardian`, from one."""
        said = [
            one
            for one in self._about(purpose, category, by)
            if one.state != "noticed" and (one.guardian == guardian or one.state != "granted")
        ]
        return said[-1] if said else None

    def is_child(self, day: date) -> bool:
        """Whether a guardian speaks for the person, who is not known to be 14 by then (PIPL art. 31).

        Full years are reached on the day after the birthday: Fa Shi [2006] No. 1, art. 2 (read 2026-11).
        """
        spoken = [one.turns_14 for one in self.standings if one.guardian]
        birthdays = [one for one in spoken if one is not None]
        return day <= max(birthdays) if birthdays else bool(spoken)

    def asked(self, purpose: str, category: str, *, by: datetime) -> Standing | None:
        """When a notice was last shown until then."""
        shown = [one for one in self._about(purpose, category, by) if one.state == "noticed"]
        return shown[-1] if shown else None

    def _about(self, purpose: str, category: str, by: datetime) -> Iterator[Standing]:
        return (one for one in self.standings if (one.purpose, one.category) == (purpose, category) and one.at <= by)


def fold(standings: Iterable[Standing]) -> Ledger:
    """The latest by time wins; at one moment, the stricter. Repetitions count once."""
    return Ledger(tuple(sorted(set(standings), key=_order)))


def _order(one: Standing) -> tuple[datetime, int, str, str, str, str, bool, date]:
    state, birthday = STATES.index(one.state), one.turns_14 or date.max
    return one.at, state, one.purpose, one.category, one.method, one.notice_sha256, not one.guardian, birthday


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in a conversation."""

    token: bytes
    custodian: bool = False
    minor: bool = False
    """Known to be under 14."""

    def as_known(self, ledgers: Mapping[bytes, Ledger], at: datetime) -> "Person":
        """A child, where the person's own ledger says so."""
        ledger = ledgers.get(self.token)
        if ledger is None or not ledger.is_child(at.astimezone(BEIJING).date()):
            return self
        return replace(self, minor=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a person is shown."""

    method: Word
    """How the information is processed. A grant under another method is none."""
    version: Word
    text: Annotated[str, Field(min_length=20)]

    @property
    def sha256(self) -> str:
        """Of the text, lowercase hex."""
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """One for each category, and the warning about content that the law forbids."""

    general: Notice
    sensitive: Notice
    warning: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """On what ground a kind of person's information is processed."""

    general: Basis
    sensitive: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPolicy:
    """What a deployment does about consent. Where consent is the ground, nothing is simply kept without it."""

    purpose: Word
    custodian: Bases
    other: Bases
    minor: Bases
    """Of somebody known to be under 14."""
    unanswered: Literal["restrict", "hold_back", "drop"]
    hold_days: Annotated[int, Field(strict=True, ge=0, le=90)]
    """How long something is held back at most, from its arrival. 0 where nothing is."""
    after_hold: Literal["restrict", "drop"]
    refused: Literal["restrict", "drop"]
    withdrawn: Literal["restrict", "drop"]
    ask_again_days: Annotated[int, Field(strict=True, ge=30, le=3650)]
    """After a refusal or a withdrawal nobody is asked for so long."""
    remind_days: Annotated[int, Field(strict=True, ge=1, le=365)]
    """Nor is anybody who has not answered yet."""
    warn_days: Annotated[int, Field(strict=True, ge=1, le=365)]
    """Nor warned again."""
    notices: Notices

    def basis(self, person: Person, category: str) -> Basis:
        bases = self.minor if person.minor else self.custodian if person.custodian else self.other
        return bases.sensitive if category == SENSITIVE else bases.general

    def may_ask(self, person: Person) -> bool:
        """Whether the person's own ledger matters: consent is the ground, or would be if they were a child."""
        bases = (self.custodian,) if person.custodian else (self.other, self.minor)
        return any("consent" in {one.general, one.sensitive} for one in bases)

    def method(self, category: str) -> str:
        """Of the notice about that category."""
        return (self.notices.sensitive if category == SENSITIVE else self.notices.general).method


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The decision: the strictest that any person's ground asks for."""

    action: Action
    rule: str
    version: str
    bases: tuple[tuple[bytes, str, str], ...]
    """Each person's token, ground and rule; `none` where there is no ground."""
    until: datetime | None
    """Until when it is held back."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    action: Action
    rule: str
    basis: str


NOBODY = _Verdict("keep", "consent.nobody", "none")


def decide_consent(
    *,
    people: Sequence[Person],
    ledgers: Mapping[bytes, Ledger],
    sensitive: bool,
    sent_at: datetime,
    received_at: datetime,
    now: datetime,
    policy: ConsentPolicy,
) -> Consent:
    """Total. Sensitive information wants both answers: to the conversation, and to what is sensitive in it.

    Whether somebody is a child is what their ledger says of the day on which it was sent.
    """
    people = [one.as_known(ledgers, sent_at) for one in people]
    begun = max(sent_at, received_at)
    deadline = received_at + timedelta(days=policy.hold_days)
    verdicts = [
        (person.token, _verdict(person, category, ledgers.get(person.token, Ledger()), begun, now, policy))
        for person in people
        for category in categories(person, sensitive=sensitive)
    ]
    strictest = max([one for _, one in verdicts], key=lambda one: STRICTNESS.index(one.action), default=NOBODY)
    if strictest.action == "hold_back" and now >= deadline:
        strictest = _Verdict(policy.after_hold, "consent.expired", "none")
    return Consent(
        action=strictest.action,
        rule=strictest.rule,
        version=shipped("consent", ConsentRule).version,
        bases=tuple(dict.fromkeys([(token, one.basis, one.rule) for token, one in verdicts])),
        until=deadline if strictest.action == "hold_back" else None,
    )


def _verdict(
    person: Person, category: str, ledger: Ledger, begun: datetime, now: datetime, policy: ConsentPolicy
) -> _Verdict:
    basis = policy.basis(person, category)
    if basis != "consent":
        return _verdicts_by_ground()[basis]
    answer = ledger.answer(policy.purpose, category, by=now, guardian=person.minor)
    if answer is not None and answer.state != "granted":
        before = ledger.answer(policy.purpose, category, by=begun, guardian=person.minor)
        if before is not None and stands(before, policy):
            return _Verdict("keep", "consent.granted_before", basis)
    return _of_answer(answer, person, category, policy)


def _of_answer(answer: Standing | None, person: Person, category: str, policy: ConsentPolicy) -> _Verdict:
    if answer is None:
        return _Verdict(policy.unanswered, "consent.unanswered", "none")
    if answer.state == "withdrawn":
        return _Verdict(policy.withdrawn, "consent.withdrawn", "none")
    if answer.state == "refused":
        return _Verdict(policy.refused, "consent.refused", "none")
    if not stands(answer, policy):
        return _Verdict(policy.unanswered, "consent.changed", "none")
    if person.minor:
        return _Verdict("keep", "consent.guardian", "consent")
    return _Verdict("keep", "consent.separate" if category == SENSITIVE else "consent.granted", "consent")


def stands(answer: Standing, policy: ConsentPolicy) -> bool:
    """A grant holds while purpose, category and method are those that are asked for now."""
    return answer.state == "granted" and answer.method == policy.method(answer.category)


def categories(person: Person, *, sensitive: bool) -> tuple[str, ...]:
    """What is asked about. All information about somebody under 14 is sensitive (PIPL art. 28)."""
    return (GENERAL, SENSITIVE) if sensitive or person.minor else (GENERAL,)


@cache
def _verdicts_by_ground() -> Mapping[str, _Verdict]:
    rules = shipped("consent", ConsentRule).rules
    return {one.basis: _Verdict("keep", name, one.basis) for name, one in rules.items() if one.basis}
