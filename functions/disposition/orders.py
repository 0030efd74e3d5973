"""An order as the office sends it: tokens and ids, nothing in clear. Layout: docs/formats.md, "Orders"."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from functions.canonical import canonical, moment_text, parse_moment
from functions.errors import Rejected
from functions.law.holds import Hold
from functions.office.orders import digest_of

FORMAT = "fengcun.order.1"
Token = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Id = Annotated[str, Field(min_length=1, max_length=64)]
Moment = Annotated[str, Field(max_length=64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was approved. What a kind does not have is empty."""

    act: str
    kind: str
    approved_at: datetime
    record: bytes | None = None
    ground: str | None = None
    hold: str | None = None
    event: str | None = None
    at: datetime | None = None
    custodians: frozenset[bytes] = frozenset()
    conversations: frozenset[bytes] = frozenset()
    sent_from: datetime | None = None
    sent_until: datetime | None = None
    matter: str = ""
    after: str = ""
    """Of what a run left for the next: the last segment that it did."""
    again: bool = False
    """The second time, when what was on its way the first time has arrived."""

    @property
    def digest(self) -> bytes:
        """Of the order as the office wrote it: without what a run adds."""
        return digest_of(write_order(replace(self, after="", again=False)))


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["fengcun.order.1"]
    act: Id
    kind: Id
    approved_at: Moment
    record: Annotated[str, Field(pattern=r"^[0-9a-f]{48}$")] | None = None
    ground: Id | None = None
    hold: Id | None = None
    event: Id | None = None
    at: Moment | None = None
    custodians: tuple[Token, ...] = ()
    conversations: tuple[Token, ...] = ()
    sent_from: Moment | None = None
    sent_until: Moment | None = None
    matter: Token | None = None
    after: str = ""
    again: bool = False


def read_order(text: str) -> Order:
    """Raises Rejected naming the key that is wrong."""
    try:
        body = _Body.model_validate_json(text)
        return Order(
            act=body.act,
            kind=body.kind,
            approved_at=parse_moment(body.approved_at),
            record=bytes.fromhex(body.record) if body.record else None,
            ground=body.ground,
            hold=body.hold,
            event=body.event,
            at=_moment(body.at),
            custodians=frozenset(map(bytes.fromhex, body.custodians)),
            conversations=frozenset(map(bytes.fromhex, body.conversations)),
            sent_from=_moment(body.sent_from),
            sent_until=_moment(body.sent_until),
            matter=body.matter or "",
            after=body.after,
            again=body.again,
        )
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise Rejected(f"order: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except ValueError as error:
        raise Rejected(f"order: {error}") from error


def write_order(order: Order) -> str:
    """What `read_order` reads; of an order of the office, the bytes that the office wrote."""
    moments = {"approved_at": order.approved_at, "at": order.at}
    moments |= {"sent_from": order.sent_from, "sent_until": order.sent_until}
    tokens = {"custodians": order.custodians, "conversations": order.conversations}
    body = {
        "format": FORMAT,
        **{
            name: getattr(order, name)
            for name in ("act", "kind", "ground", "hold", "event", "matter", "after", "again")
        },
        "record": order.record.hex() if order.record else None,
        **{name: moment_text(moment) for name, moment in moments.items() if moment is not None},
        **{name: sorted(token.hex() for token in held) for name, held in tokens.items()},
    }
    return canonical({name: value for name, value in body.items() if value}).decode()


def hold_of(order: Order) -> Hold:
    """Whom and what time an order names, as a hold. Raises Rejected when that is nobody, or no time."""
    return Hold(
        id=order.act,
        matter=order.matter,
        custodians=order.custodians,
        conversations=order.conversations,
        sent_from=order.sent_from,
        sent_until=order.sent_until,
        placed_by_act=order.act,
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else parse_moment(text)
