"""On what ground each person's information is processed, and what follows where there is none. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Literal, get_args

from functions.law.rulebook import Cited, shipped

Basis = Literal["consent", "contract", "hr_rules", "statutory_duty", "emergency", "news", "lawfully_public", "law"]
"""Personal Information Protection Law, art. 13."""
State = Literal["granted", "refused", "withdrawn", "noticed"]
Action = Literal["keep", "restrict", "hold_back", "drop"]
STRICTNESS: tuple[Action, ...] = get_args(Action)
STATES: tuple[State, ...] = ("noticed", "granted", "refused", "withdrawn")
"""Of two entries of one moment the later here wins."""


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


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that one person was told and said, oldest first. The order of arrival does not matter."""

    standings: tuple[Standing, ...] = ()

    def answer(self, purpose: str, category: str, *, by: datetime, guardian: bool = False) -> Standing | None:
        """The latest answer until then; with `guardian` a grant counts only from one."""
        said = [
            one
            for one in self._about(purpose, category, by)
            if one.state != "noticed" and (one.guardian or not guardian or one.state != "granted")
        ]
        return said[-1] if said else None

    def asked(self, purpose: str, category: str, *, by: datetime) -> Standing | None:
        """When a notice was last shown until then."""
        shown = [one for one in self._about(purpose, category, by) if one.state == "noticed"]
        return shown[-1] if shown else None

    def _about(self, purpose: str, category: str, by: datetime) -> Iterator[Standing]:
        return (one for one in self.standings if (one.purpose, one.category) == (purpose, category) and one.at <= by)


def fold(standings: Iterable[Standing]) -> Ledger:
    """The latest by time wins; at one moment, the stricter. Repetitions count once."""
    return Ledger(tuple(sorted(set(standings), key=_order)))


def _order(one: Standing) -> tuple[datetime, int, str, str, str, str, bool]:
    state = STATES.index(one.state)
    return one.at, state, one.purpose, one.category, one.method, one.notice_sha256, not one.guardian


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in a conversation."""

    token: bytes
    custodian: bool = False
    minor: bool = False
    """Known to be under 14."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a person is asked: a text by its hash, and what changes of it make an older answer worthless."""

    purpose: str
    category: str
    method: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """On what ground a kind of person's information is processed."""

    general: Basis
    sensitive: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPolicy:
    """What a deployment does about consent."""

    purpose: str
    custodian: Bases
    other: Bases
    minor: Bases
    unanswered: Action
    hold_days: int
    """How long something is held back at most, from its arrival."""
    after_hold: Literal["drop", "restrict"]
    refused: Action
    withdrawn: Action
    ask_again_days: int
    """After a refusal or a withdrawal nobody is asked for so long."""
    remind_days: int
    """Nor is anybody who has not answered yet."""
    warn_days: int
    """Nor warned again."""
    notices: Mapping[str, Notice]
    """By category; and `warning`, about content that the law forbids."""

    def basis(self, person: Person, category: str) -> Basis:
        bases = self.minor if person.minor else self.custodian if person.custodian else self.other
        return bases.sensitive if category == SENSITIVE else bases.general


GENERAL, SENSITIVE, WARNING = "general", "sensitive", "warning"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A notice that a gateway should show to somebody."""

    token: bytes
    purpose: str
    category: str
    method: str
    notice_sha256: str
    notice_version: str
    guardian: bool
    """To a parent or guardian, not to the child."""
    rule: str


@dataclass(frozen=True, slots=True)
class _Verdict:
    action: Action
    rule: str
    basis: str


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
    """Total. Sensitive information wants both answers: to the conversation, and to what is sensitive in it."""
    begun = max(sent_at, received_at)
    deadline = received_at + timedelta(days=policy.hold_days)
    verdicts = [
        (person.token, _verdict(person, category, ledgers.get(person.token, Ledger()), begun, now, policy))
        for person in people
        for category in ((GENERAL, SENSITIVE) if sensitive else (GENERAL,))
    ]
    strictest = max((one for _, one in verdicts), key=lambda one: STRICTNESS.index(one.action), default=NOBODY)
    if strictest.action == "hold_back" and now >= deadline:
        strictest = _Verdict(policy.after_hold, "consent.expired", "none")
    return Consent(
        action=strictest.action,
        rule=strictest.rule,
        version=_version(),
        bases=tuple(dict.fromkeys((token, one.basis, one.rule) for token, one in verdicts)),
        until=deadline if strictest.action == "hold_back" else None,
    )


NOBODY = _Verdict("keep", "consent.nobody", "none")


def _verdict(
    person: Person, category: str, ledger: Ledger, begun: datetime, now: datetime, policy: ConsentPolicy
) -> _Verdict:
    basis = policy.basis(person, category)
    if basis != "consent":
        return _Verdict("keep", _grounds()[basis], basis)
    answer = ledger.answer(policy.purpose, category, by=now, guardian=person.minor)
    if answer is not None and answer.state == "withdrawn":
        before = ledger.answer(policy.purpose, category, by=begun, guardian=person.minor)
        if before is not None and _stands(before, policy.notices[category]):
            return _Verdict("keep", "consent.granted_before", basis)
    return _of_answer(answer, person, category, policy)


def _of_answer(answer: Standing | None, person: Person, category: str, policy: ConsentPolicy) -> _Verdict:
    if answer is None:
        return _Verdict(policy.unanswered, "consent.unanswered", "none")
    if answer.state == "withdrawn":
        return _Verdict(policy.withdrawn, "consent.withdrawn", "none")
    if answer.state == "refused":
        return _Verdict(policy.refused, "consent.refused", "none")
    if not _stands(answer, policy.notices[category]):
        return _Verdict(policy.unanswered, "consent.changed", "none")
    if person.minor:
        return _Verdict("keep", "consent.guardian", "consent")
    return _Verdict("keep", "consent.separate" if category == SENSITIVE else "consent.granted", "consent")


def _stands(answer: Standing, notice: Notice) -> bool:
    """A grant holds while purpose, method and category are those that were asked for."""
    asked = (answer.purpose, answer.category, answer.method)
    return answer.state == "granted" and asked == (notice.purpose, notice.category, notice.method)


def requests(
    *,
    people: Sequence[Person],
    ledgers: Mapping[bytes, Ledger],
    sensitive: bool,
    forbidden: bool,
    now: datetime,
    policy: ConsentPolicy,
) -> tuple[Request, ...]:
    """The notices that are due. `forbidden`: the conversation had content that the law forbids, so they are warned."""
    due = []
    for person in people:
        ledger = ledgers.get(person.token, Ledger())
        for category in (GENERAL, SENSITIVE) if sensitive else (GENERAL,):
            if policy.basis(person, category) == "consent" and _may_ask(person, category, ledger, now, policy):
                due.append(_request(person, policy.notices[category], "consent.ask"))
        if forbidden and _may_warn(ledger, now, policy):
            due.append(_request(person, policy.notices[WARNING], "consent.warn"))
    return tuple(dict.fromkeys(due))


def _may_ask(person: Person, category: str, ledger: Ledger, now: datetime, policy: ConsentPolicy) -> bool:
    answer = ledger.answer(policy.purpose, category, by=now, guardian=person.minor)
    if answer is not None:
        if answer.state == "granted":
            return not _stands(answer, policy.notices[category]) and _rested(ledger, category, now, policy)
        return now >= answer.at + timedelta(days=policy.ask_again_days) and _rested(ledger, category, now, policy)
    return _rested(ledger, category, now, policy)


def _rested(ledger: Ledger, category: str, now: datetime, policy: ConsentPolicy) -> bool:
    """Nobody is asked twice within the days of a reminder."""
    asked = ledger.asked(policy.purpose, category, by=now)
    return asked is None or now >= asked.at + timedelta(days=policy.remind_days)


def _may_warn(ledger: Ledger, now: datetime, policy: ConsentPolicy) -> bool:
    notice = policy.notices[WARNING]
    warned = ledger.asked(notice.purpose, notice.category, by=now)
    return warned is None or now >= warned.at + timedelta(days=policy.warn_days)


def _request(person: Person, notice: Notice, rule: str) -> Request:
    return Request(
        token=person.token,
        purpose=notice.purpose,
        category=notice.category,
        method=notice.method,
        notice_sha256=notice.sha256,
        notice_version=notice.version,
        guardian=person.minor,
        rule=rule,
    )


@cache
def _grounds() -> Mapping[str, str]:
    """The rule of each ground other than consent."""
    return {rule.basis: rule.id for rule in shipped("consent", ConsentRule).rules.values() if rule.basis}


def _version() -> str:
    return shipped("consent", ConsentRule).version
