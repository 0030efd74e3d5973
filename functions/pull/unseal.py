"""Messages that were kept sealed are opened once their key is there: decrypted, and delivered beside the sealed ones.

Whoever asks has read the sealed records; this room has the keys and the SDK. Neither can do the other's part.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from functions.errors import Rejected
from functions.pull.event import Fetched
from functions.pull.page import Encrypted, read_entry
from functions.pull.pull import World, deliveries, open_message, queue
from functions.pull.sdk import Failed
from functions.pull.secret import Unopened
from functions.wechat.chatarchive import sealed_message

MOST = 100  # of one call: each may take seconds
NOT_SEALED, OTHER_CORP, NO_SEQ = "not sealed", "of another corp", "no seq"
"""Why one is not even tried."""


class Order(BaseModel):
    """One sealed record: its id, and the CloudEvent that it holds."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    record_id: Annotated[str, Field(pattern=r"^[0-9a-f]{48}$")]
    capture: Annotated[str, Field(max_length=2**20, repr=False)]


class Orders(BaseModel):
    """What the room is called with."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    unseal: Annotated[tuple[Order, ...], Field(min_length=1, max_length=MOST)]


@dataclass(slots=True)
class Unsealed:
    """What came of it, by the ids of the sealed records."""

    opened: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    """The reason: an SDK error code or a few words, never content."""


class Untried(Exception):
    """It is no message of ours."""


def read_orders(event: Mapping[str, Any]) -> Orders:
    """Raises Rejected naming the field, and quoting nothing."""
    try:
        return Orders.model_validate(event)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise Rejected(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def unseal(orders: Orders, world: World) -> Unsealed:
    """Raises TryLater; then some may have been queued, and to ask again changes nothing."""
    outcome = Unsealed()
    sealed: dict[str, str] = {}
    opened = list(_open(orders.unseal, world, outcome, sealed))
    for captures in filter(None, deliveries(opened, lambda: False)):
        queue(world, captures, {"unseals": {one.event.event_id: sealed[one.event.event_id] for one in captures}})
    return outcome


def _open(orders: Sequence[Order], world: World, outcome: Unsealed, sealed: dict[str, str]) -> Iterator[Fetched]:
    for order in orders:
        try:
            fetched = open_message(world, _message(order.capture, world.corp_id))
        except Untried as reason:
            outcome.left[order.record_id] = str(reason)
        except (Unopened, Failed) as failed:
            outcome.left[order.record_id] = failed.reason
        else:
            outcome.opened.append(order.record_id)
            sealed[fetched.event.event_id] = order.record_id
            yield fetched


def _message(capture: str, corp_id: str) -> Encrypted:
    entry = sealed_message(capture.encode("utf-8", "replace"))
    if entry is None:
        raise Untried(NOT_SEALED)
    if entry.get("corpid", corp_id) != corp_id:
        raise Untried(OTHER_CORP)
    try:
        return read_entry({name: value for name, value in entry.items() if name != "corpid"})
    except (KeyError, ValueError) as error:
        raise Untried(NO_SEQ) from error
