"""The archive in memory with the room that counts what may leave, and the office's gate over what it counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from functions.border.measure import World, measure
from functions.disposition.orders import Order, read_order
from functions.errors import AlreadyStored
from functions.law.border import BorderPolicy
from functions.law.export import Approval, Measured, Part, Piece, Trait, Year, total
from functions.office.border import Border
from tests.disposing import MemoryAgain
from tests.erasing import Erasing
from tests.fakes import Fuse
from tests.fakes_aside import MemoryConsents
from tests.make import NOW, make_event

SCOPE = "01932e4b-7c00-7000-8000-0000000000aa"


@dataclass
class MemoryScopes:
    """The table Scopes."""

    fuse: Fuse = field(default_factory=Fuse)
    kept: dict[tuple[str, str], Piece] = field(default_factory=dict)
    numbers: dict[str, Measured] = field(default_factory=dict)
    persons: dict[str, dict[bytes, Trait]] = field(default_factory=dict)

    def put_piece(self, scope: str, after: str, piece: Piece) -> Piece:
        return self.fuse.run(lambda: self.kept.setdefault((scope, after), piece))

    def piece(self, scope: str, after: str) -> Piece | None:
        return self.kept.get((scope, after))

    def pieces(self, scope: str) -> Iterator[Piece]:
        yield from (piece for (known, _), piece in self.kept.items() if known == scope)

    def finish(self, measured: Measured, people: Mapping[bytes, Trait]) -> Measured:
        self.fuse.run(lambda: self.persons.setdefault(measured.act, {}).update(people))
        return self.fuse.run(lambda: self.numbers.setdefault(measured.act, measured))

    def measured(self, scope: str) -> Measured | None:
        return self.numbers.get(scope)

    def people(self, scope: str) -> dict[bytes, Trait]:
        return dict(self.persons.get(scope, {}))

    def add(self, scope: str, people: Mapping[bytes, Trait], *, at: datetime = NOW, **changed: Any) -> None:
        """One that is ready, with one record for each person."""
        part = Part(records=frozenset(one + b"digest.." for one in people), people=people, tiers=frozenset({"general"}))
        self.finish(replace(total(part, act=scope, at=at), **changed), people)


@dataclass
class MemoryExports:
    """The table Exports."""

    fuse: Fuse = field(default_factory=Fuse)
    kept: dict[int, Year] = field(default_factory=dict)

    def year(self, year: int) -> Year:
        return self.kept.get(year, Year(year=year))

    def enter(self, year: Year, approval: Approval) -> None:
        if self.year(year.year).turn != year.turn:
            raise AlreadyStored(f"turn {year.turn + 1} was somebody else's")
        after = replace(year, turn=year.turn + 1, approvals=(*year.approvals, approval))
        self.fuse.run(lambda: self.kept.__setitem__(year.year, after))


NOBODY_SPECIAL = BorderPolicy(sectors=frozenset(), ciio=False, exemptions=frozenset())


def border(
    scopes: MemoryScopes | None = None,
    exports: MemoryExports | None = None,
    consents: MemoryConsents | None = None,
    policy: BorderPolicy = NOBODY_SPECIAL,
) -> Border:
    return Border(
        scopes=scopes or MemoryScopes(),
        exports=exports or MemoryExports(),
        consents=consents or MemoryConsents(),
        policy=policy,
    )


class Measuring(Erasing):
    """With the room's own queue, which `run` works off."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.scopes, self.again = MemoryScopes(), MemoryAgain()

    def use(self, fuse: Fuse) -> None:
        super().use(fuse)
        self.scopes.fuse = self.again.fuse = fuse

    def measurer(self) -> World:
        return World(
            postings=self.archive.postings,
            reading=self.archive.reading(),
            acts=self.acts,
            scopes=self.scopes,
            again=self.again,
            intake=self.archive.world(self.archive.key),
        )

    def person(self, account: str) -> bytes:
        return self.archive.key.token("participant", account)

    def conversation(self, name: str) -> bytes:
        return self.archive.key.token("conversation", name)

    def order(self, *accounts: str, act: str = SCOPE, **more: Any) -> Order:
        custodians = frozenset(map(self.person, accounts))
        return Order(act=act, kind="border.scope", approved_at=NOW, custodians=custodians, **more)

    def measure(self, order: Order, now: datetime = NOW) -> Measured:
        """As the office has ordered it."""
        self.acts.approve(order, people=1)
        return measure(order, world=self.measurer(), now=now)

    def run(self, order: Order) -> Measured:
        """The order, and everything it sends to itself."""
        found = self.measure(order)
        while self.again.waiting:
            found = self.measure(read_order(self.again.waiting.pop(0)[0]))
        return found


def said(account: str, name: str, text: str = "x", *, to: tuple[str, ...] = ()) -> dict[str, Any]:
    data = {"conversation": {"id": f"room of {account}"}, "sender": {"id": account}}
    recipients = [{"id": one} for one in to]
    return make_event(id=name, data={**data, "recipients": recipients, "content": {"type": "text", "text": text}})
