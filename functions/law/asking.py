"""Which notices are due: who should be asked, who warned, and who must be left alone for now. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.law.consent import GENERAL, WARNING, ConsentPolicy, Ledger, Notice, Person, categories, stands


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


def requests(
    *,
    people: Sequence[Person],
    ledgers: Mapping[bytes, Ledger],
    sensitive: bool,
    forbidden: bool,
    sent_at: datetime,
    now: datetime,
    policy: ConsentPolicy,
) -> tuple[Request, ...]:
    """The notices that are due. `forbidden`: the conversation had content that the law forbids, so they are warned.

    Whether somebody is a child is asked of the day on which it was sent, as it is decided.
    """
    due = list[Request]()
    for person in (one.as_known(ledgers, sent_at) for one in people):
        ledger = ledgers.get(person.token, Ledger())
        wanted = [
            category
            for category in categories(person, sensitive=sensitive)
            if policy.basis(person, category) == "consent" and _may_ask(person, category, ledger, now, policy)
        ]
        due += [_request(person, category, policy) for category in wanted]
        if forbidden and _rested(ledger, WARNING, WARNING, now, policy.warn_days):
            due.append(_request(person, WARNING, policy))
    return tuple(dict.fromkeys(due))


def _may_ask(person: Person, category: str, ledger: Ledger, now: datetime, policy: ConsentPolicy) -> bool:
    """Not while a grant stands, not so soon after a no, not so soon after it was asked.

    Whoever has refused the conversation is not asked about what is sensitive in it.
    """
    answer = ledger.answer(policy.purpose, category, by=now, guardian=person.minor)
    whole = ledger.answer(policy.purpose, GENERAL, by=now, guardian=person.minor)
    if category != GENERAL and whole is not None and whole.state != "granted":
        return False
    if answer is not None and answer.state != "granted":
        rests_until = answer.at + timedelta(days=policy.ask_again_days)
        return now >= rests_until and _rested(ledger, policy.purpose, category, now, policy.ask_again_days)
    if answer is not None and stands(answer, policy):
        return False
    return _rested(ledger, policy.purpose, category, now, policy.remind_days)


def _rested(ledger: Ledger, purpose: str, category: str, now: datetime, days: int) -> bool:
    """Nothing of the kind was shown in so many days."""
    asked = ledger.asked(purpose, category, by=now)
    return asked is None or now >= asked.at + timedelta(days=days)


def _request(person: Person, category: str, policy: ConsentPolicy) -> Request:
    notice: Notice = getattr(policy.notices, category)
    return Request(
        token=person.token,
        purpose=WARNING if category == WARNING else policy.purpose,
        category=category,
        method=notice.method,
        notice_sha256=notice.sha256,
        notice_version=notice.version,
        guardian=person.minor,
        rule="consent.warn" if category == WARNING else "consent.ask",
    )
