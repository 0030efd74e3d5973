"""Who has agreed that somebody else gets their information: separate consent for each recipient. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from functions.law.consent import GENERAL, Ledger, Person


def purpose_of(recipient: str) -> str:
    """What such a consent is for. The notice named this recipient (PIPL art. 23), so it is for no other."""
    return f"provide:{recipient}"


def lacking(
    recipient: str, people: Iterable[Person], *, ledgers: Mapping[bytes, Ledger], now: datetime
) -> tuple[bytes, ...]:
    """Tokens of those who have not granted it for this recipient, or took it back. For a child a guardian does."""
    known = (person.as_known(ledgers, now) for person in people)
    missing = (person.token for person in known if not _granted(person, ledgers, recipient, now))
    return tuple(dict.fromkeys(missing))


def _granted(person: Person, ledgers: Mapping[bytes, Ledger], recipient: str, now: datetime) -> bool:
    ledger = ledgers.get(person.token, Ledger())
    answer = ledger.answer(purpose_of(recipient), GENERAL, by=now, guardian=person.minor)
    return answer is not None and answer.state == "granted"
