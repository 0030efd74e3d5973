"""An office in memory: people, their roles, the table, the queues; deaths included."""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.capture.delivery import DataKey, open_delivery
from functions.capture.identity import uuid7
from functions.errors import AlreadyStored, Rejected
from functions.law.acts import act_rules
from functions.law.states import State as RecordState
from functions.office.act import Act, Line, State
from functions.office.border import Border
from functions.office.door import take
from functions.office.gates import ask_incident
from functions.office.settle import Gate, Swept, World, sweep
from functions.web import Answer, Request
from tests.archive import ARCHIVE_ID, Archive
from tests.fakes import Fuse, MemoryKeys
from tests.make import NOW
from tests.measuring import MemoryExports, MemoryScopes, border

ACCOUNT = "111122223333"
ROLES = {
    role: f"arn:aws-cn:iam::{ACCOUNT}:role/Fengcun-{role}-0A1B2C"
    for role in ("officer", "security_officer", "erasure_officer", "reviewer", "regulator", "auditor")
}
RECORD = "0a" * 24


def arn(name: str, role: str = "officer") -> str:
    """As API Gateway gives it."""
    return f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/Fengcun-{role}-0A1B2C/{name}"


def act_id(number: int = 1) -> str:
    return uuid7(NOW, number.to_bytes(10, "big"))


def document(kind: str, number: int = 1, **changed: Any) -> dict[str, Any]:
    """The least that the kind asks for. A field set to `...` is left out."""
    found = {"id": act_id(number), "reason": "a reason", **SHAPES[kind]} | changed
    return {name: value for name, value in found.items() if value is not ...}


ABOUT: dict[str, Any] = {"record": RECORD}
CONSENT: dict[str, Any] = {"person": "wm-zhang", "purpose": "archiving"}
SHAPES: dict[str, dict[str, Any]] = {
    "consent.grant": CONSENT,
    "consent.refuse": CONSENT,
    "consent.withdraw": CONSENT,
    "consent.notice": {**CONSENT, "notice_sha256": "ab" * 32},
    "hold.place": {"matter": "matter Zhang", "custodians": ["wm-zhang"], "conversations": ["room-1"]},
    "hold.release": {"hold": act_id(77)},
    "restrict": ABOUT,
    "unrestrict": ABOUT,
    "secret.clear": ABOUT,
    "secret.confirm": ABOUT,
    "secret.destroy": {**ABOUT, "order_number": "国密〔2026〕12号"},
    "erasure.request": {**ABOUT, "ground": "consent_withdrawn"},
    "retention.event": {"event": "relationship_ended", "at": "2026-11-01T00:00:00Z", "custodians": ["wm-zhang"]},
    "border.approval": {
        "recipient": "company",
        "recipient_name": "a company",
        "recipient_id": "a-company",
        "country": "SG",
        "national_security": False,
        "scope": act_id(88),
    },
    "border.scope": {"custodians": ["wm-zhang"], "sent_from": "2026-11-01T00:00:00Z"},
    "override": {**ABOUT, "hours": 4},
    "incident.open": {"detected_at": "2026-11-22T09:00:00Z", "facts": ["personal_information"], "persons": 12},
    "incident.told": {"incident": act_id(77), "told": "authority", "at": "2026-11-22T09:20:00Z"},
}


@dataclass
class MemoryActs:
    """The table Acts."""

    fuse: Fuse = field(default_factory=Fuse)
    items: dict[str, Act] = field(default_factory=dict)

    def put_new(self, act: Act) -> Act:
        return self.fuse.run(lambda: self.items.setdefault(act.act_id, act))

    def get(self, act_id: str) -> Act | None:
        return self.items.get(act_id)

    def replace(self, act: Act) -> None:
        if self.items[act.act_id].turn != act.turn - 1:
            raise AlreadyStored(f"turn {act.turn} was somebody else's")
        self.fuse.run(lambda: self.items.__setitem__(act.act_id, act))

    def by_state(self, state: State, *, most: int) -> list[Line]:
        found = [act.line for act in self.items.values() if act.state is state]
        return sorted(found, key=lambda line: line.at, reverse=True)[:most]

    def by_kind(self, kind: str, *, since: datetime) -> list[str]:
        found = [act.line for act in self.items.values() if act.kind == kind and act.at >= since]
        return [line.act_id for line in sorted(found, key=lambda line: line.at, reverse=True)]


@dataclass
class MemoryStates:
    """The table States."""

    fuse: Fuse = field(default_factory=Fuse)
    items: dict[bytes, tuple[RecordState, datetime, str]] = field(default_factory=dict)

    def put(self, record: bytes, state: RecordState, *, act_id: str, at: datetime) -> None:
        stands = self.items.get(record)
        if stands and stands[0] in {RecordState.SECRET_FROZEN, RecordState.ERASED}:
            raise Rejected(f"the record is {stands[0].value}")
        if stands is None or stands[1] < at:
            self.fuse.run(lambda: self.items.__setitem__(record, (state, at, act_id)))


@dataclass
class MemoryOrders:
    """Every queue of the rooms that act."""

    fuse: Fuse = field(default_factory=Fuse)
    sent: list[tuple[str, str]] = field(default_factory=list)

    def send(self, queue: str, body: str) -> None:
        self.fuse.run(lambda: self.sent.append((queue, body)))


@dataclass
class MemoryActKeys:
    """KMS, for acts."""

    keys: MemoryKeys

    def data_key(self, context: dict[str, str]) -> DataKey:
        return self.keys.generate(context)

    def unwrap(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        return self.keys.unwrap(wrapped, context)


def open_gate(document: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Lets through what has an approval."""
    return {"allowed": "approval_id" in document, "route": "none", "reasons": []}


class Office:
    """Requests in, answers out. `now` is the clock."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        self.now = NOW
        self.archive = Archive()
        self.scopes, self.exports = MemoryScopes(), MemoryExports()
        self.gates: dict[str, Gate] = {"border": open_gate, "incident": ask_incident}
        self.closing: dict[str, Gate] = {"border": open_gate}
        self.acts, self.states, self.orders = MemoryActs(), MemoryStates(), MemoryOrders()
        self.use(fuse or Fuse())

    def use(self, fuse: Fuse) -> None:
        self.fuse = fuse
        self.archive.use(fuse)
        for one in (self.acts, self.states, self.orders, self.exports):
            one.fuse = fuse

    @property
    def world(self) -> World:
        return World(
            intake=self.archive.world(self.archive.key),
            acts=self.acts,
            states=self.states,
            orders=self.orders,
            keys=MemoryActKeys(self.archive.keys),
            rules=act_rules(),
            gates=self.gates,
            closing=self.closing,
            border=self.border,
        )

    @property
    def border(self) -> Border:
        return border(self.scopes, self.exports, self.archive.consents)

    def ask(self, request: Request) -> Answer:
        return take(request, world=self.world, roles=ROLES, now=self.now)

    def propose(self, kind: str, by: str | None, body: Any = None) -> tuple[int, dict[str, Any]]:
        sent = document(kind) if body is None else body
        return read(self.ask(request("POST", "/acts/{kind}", by, {"kind": kind}, sent)))

    def decide(
        self, kind: str, by: str | None, act: str | None = None, decision: str = "approved"
    ) -> tuple[int, dict[str, Any]]:
        path, said = {"kind": kind, "act": act or act_id()}, {"decision": decision, "reason": "seen"}
        return read(self.ask(request("POST", "/acts/{kind}/{act}/approval", by, path, said)))

    def show(self, kind: str, by: str | None, act: str | None = None) -> tuple[int, dict[str, Any]]:
        return read(self.ask(request("GET", "/acts/{kind}/{act}", by, {"kind": kind, "act": act or act_id()})))

    def pending(self, by: str | None, **query: str) -> tuple[int, dict[str, Any]]:
        return read(self.ask(request("GET", "/acts", by, {}, None, **query)))

    def incidents(self, by: str | None) -> tuple[int, dict[str, Any]]:
        return read(self.ask(request("GET", "/incidents", by, {})))

    def sweep(self) -> Swept:
        return sweep(self.world, self.now)

    def captures(self) -> list[dict[str, Any]]:
        """Every event that waits for the archive room, in the order it was queued."""
        return [event for event, _ in self.deliveries()]

    def deliveries(self) -> list[tuple[dict[str, Any], Any]]:
        found = []
        for body in self.archive.queue.waiting.values():
            sealed = b64decode(json.loads(body)["sealed"])
            delivery = open_delivery(sealed, self.archive.keys.unwrap, archive_id=ARCHIVE_ID)
            found.append((json.loads(delivery.capture(delivery.items[0])), delivery))
        return found

    def steps(self) -> list[str]:
        return [event["data"]["step"] for event in self.captures()]

    def state(self, act: str | None = None) -> str:
        return self.acts.items[act or act_id()].state.value


def office_for(kind: str, fuse: Fuse | None = None) -> Office:
    """Where what the kind's document names is there already, and recorded."""
    office = Office()
    if kind == "incident.told":
        office.propose("incident.open", arn("zoe"), document("incident.open", 77))
        office.archive.queue.waiting.clear()
    office.use(fuse or Fuse())
    return office


def request(
    method: str, resource: str, by: str | None, path: dict[str, str], body: Any = None, **query: str
) -> Request:
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    asked = {name: (value,) for name, value in query.items()}
    return Request(method=method, resource=resource, path=path, headers={}, query=asked, body=raw, caller=by)


def read(answer: Answer) -> tuple[int, dict[str, Any]]:
    body: dict[str, Any] = json.loads(answer.body)
    return answer.status, body
