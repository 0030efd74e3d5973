"""The ledger of consent: who was shown what, and who answered what, from captures and from acts (PIPL 14, 15).

An entry is written under the capture that says it, once: what that capture leaves open (purpose, category, method) is
what the policy asked for when it was first entered, and no later policy changes what somebody agreed to. A person's
entries are a set that only grows, so neither order nor repetition matters (docs/adr/0016).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from functions.archive.draft import Draft
from functions.canonical import canonical, moment_text, parse_moment
from functions.capture.capture import Said
from functions.capture.tokens import Names
from functions.law.asking import Request
from functions.law.consent import GENERAL, ConsentPolicy, Ledger, Notice, Standing, fold

CATEGORIES = frozenset({"general", "sensitive", "warning"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of one person's ledger."""

    token: bytes
    name: str
    """`log#<time>#<record id>`: the capture that says it."""
    standing: Standing


@dataclass(frozen=True, slots=True)
class Person:
    """What the table knows of somebody."""

    ledger: Ledger = field(default_factory=Ledger)
    asked: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    """When a notice was last asked for, by purpose and category."""


class Consents(Protocol):
    """The table Consents."""

    def enter(self, entry: Entry) -> None:
        """Add it to the person's set, as it was first entered under its name. Raises TryLater."""
        ...

    def people(self, tokens: Collection[bytes]) -> Mapping[bytes, Person]:
        """Those that have an item, as they stand now. Raises TryLater."""
        ...

    def ask(self, token: bytes, purpose: str, category: str, *, now: datetime) -> None:
        """Write down that a notice was asked for. Raises TryLater."""
        ...


def entries(one: Draft, names: Names, policy: ConsentPolicy) -> Iterator[Entry]:
    """What a capture enters. One that says so of another time than its own is believed, unless that lies ahead."""
    for said in one.meaning.said:
        standing = _standing(said, one, policy)
        yield Entry(
            token=names.token("participant", said.person),
            name=f"log#{moment_text(standing.at)}#{one.item.record_id}",
            standing=standing,
        )


def _standing(said: Said, one: Draft, policy: ConsentPolicy) -> Standing:
    category = said.category or GENERAL
    notice: Notice = getattr(policy.notices, category if category in CATEGORIES else GENERAL)
    return Standing(
        purpose=said.purpose or policy.purpose,
        state=said.state,  # type: ignore[arg-type]  # one of STATEMENTS, which are the law's states
        at=min(said.at or one.item.sent_at, one.delivery.received_at),
        notice_sha256=said.notice_sha256 or "",
        category=category,
        method=said.method or notice.method,
        guardian=said.guardian,
        turns_14=said.turns_14,
    )


def text_of(standing: Standing) -> str:
    """As the table keeps it: canonical JSON, so that one standing is one member of a set."""
    birthday = {"turns_14": standing.turns_14.isoformat()} if standing.turns_14 else {}
    return canonical(
        {
            **birthday,
            "at": moment_text(standing.at),
            "category": standing.category,
            "guardian": standing.guardian,
            "method": standing.method,
            "notice": standing.notice_sha256,
            "purpose": standing.purpose,
            "state": standing.state,
        }
    ).decode()


def ledger_of(texts: Iterable[str]) -> Ledger:
    """The inverse, of a person's whole set."""
    return fold(map(_read, texts))


def asked_too(person: Person, methods: Mapping[str, str]) -> Ledger:
    """The ledger, with what was asked for counted as shown: nobody is asked twice while the first is on its way."""
    asked = (
        Standing(purpose=purpose, state="noticed", at=at, notice_sha256="", category=category, method=methods[category])
        for (purpose, category), at in person.asked.items()
        if category in methods
    )
    return fold((*person.ledger.standings, *asked))


def event_of(request: Request, archive_id: str, *, due: datetime | None) -> dict[str, Any]:
    """What a gateway is told through EventBridge. The person is a token; who may ask the archive can find them."""
    return {
        "archive": archive_id,
        "person": request.token.hex(),
        "purpose": request.purpose,
        "category": request.category,
        "method": request.method,
        "notice_sha256": request.notice_sha256,
        "notice_version": request.notice_version,
        "guardian": request.guardian,
        "rule": request.rule,
        "due": moment_text(due) if due else None,
    }


def tokens_of(entered: Sequence[Entry]) -> list[bytes]:
    """Whose answer may let something go that is held back: a notice that was shown answers nothing."""
    return list(dict.fromkeys(one.token for one in entered if one.standing.state != "noticed"))


def _read(text: str) -> Standing:
    told: dict[str, Any] = json.loads(text)
    return Standing(
        purpose=told["purpose"],
        state=told["state"],
        at=parse_moment(told["at"]),
        notice_sha256=told["notice"],
        category=told["category"],
        method=told["method"],
        guardian=told["guardian"],
        turns_14=date.fromisoformat(told["turns_14"]) if "turns_14" in told else None,
    )
