"""One run: page after page is fetched, decrypted message by message, queued, and only then passed by the cursor."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from functions.capture.capture import Delivery, Flag, Item, Part
from functions.capture.tokens import endpoint_name
from functions.errors import AlreadyStored
from functions.intake.accept import Claim, World as IntakeWorld, accept, item
from functions.pull.cursor import Cursor, Cursors, evidence
from functions.pull.event import Fetched, decrypted, sealed
from functions.pull.page import Encrypted, read_page
from functions.pull.sdk import PASSING, Failed
from functions.pull.secret import Unopened

DOOR = "pull"
LIMIT = 200  # of 1,000 that GetChatData allows: a page waits in memory while its messages are decrypted
MOST_CAPTURES, MOST_BYTES = 100, 3 * 2**20
"""Of one delivery."""
WAITS = (1.0, 4.0)
"""Seconds before the second and the third try of what may pass."""

Result = TypeVar("Result")


class Sdk(Protocol):
    def chat_data(self, seq: int, limit: int) -> bytes:
        """Messages behind `seq`, as JSON. Raises Failed."""
        ...

    def decrypt(self, key: str, message: str) -> bytes:
        """Raises Failed."""
        ...


class Keys(Protocol):
    def random_key(self, message: Encrypted) -> str:
        """Raises Unopened."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a run needs of the world."""

    corp_id: str
    sdk: Sdk
    keys: Keys
    cursors: Cursors
    intake: IntakeWorld
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]


@dataclass(slots=True)
class Outcome:
    """What came of a run."""

    captures: int = 0
    left_sealed: int = 0
    gaps: int = 0
    failure: str = ""
    """Why WeCom gave nothing more: an error code or a word of `functions.pull.sdk`."""


def pull(world: World, *, deadline: datetime) -> Outcome:
    """Until there is nothing more or the time is over. Raises TryLater; what was queued before stays behind the cursor.

    Every message that the cursor has passed is in the queue, whatever dies in between. It may be there twice.
    """
    outcome = Outcome()
    try:
        while _pull_page(world, outcome, deadline) and world.clock() < deadline:
            pass
    except Failed as failed:
        outcome.failure = failed.reason
    except AlreadyStored:
        pass  # another run is further than this one
    return outcome


def _pull_page(world: World, outcome: Outcome, deadline: datetime) -> bool:
    """Whether there may be more."""
    asked_at = world.clock()
    cursor = world.cursors.load(world.corp_id)
    seq = cursor.seq if cursor else 0
    page = _patiently(world, lambda: read_page(world.sdk.chat_data(seq, LIMIT)))
    gap = cursor.gap_at(asked_at) if cursor else None
    outcome.gaps += gap is not None and (cursor is None or gap != cursor.gap)
    if not page:
        world.cursors.save(world.corp_id, Cursor(seq=seq, succeeded_at=asked_at, gap=gap))
        return False
    how = evidence(requested_seq=seq, first_seq=page[0].seq, gap=gap)
    reached = seq
    for captures in deliveries((_open(world, one) for one in page), lambda: world.clock() >= deadline):
        queue(world, captures, how)
        reached = max(reached, captures[-1].seq)
        world.cursors.save(world.corp_id, Cursor(seq=reached, succeeded_at=asked_at))
        outcome.captures += len(captures)
        outcome.left_sealed += sum(1 for one in captures if one.left_sealed)
    return reached > seq


def _open(world: World, message: Encrypted) -> Fetched:
    """In clear if it can be, else as it is: one bad message stops no other."""
    try:
        return open_message(world, message)
    except (Unopened, Failed) as failed:
        return sealed(world.corp_id, message, failed.reason)


def open_message(world: World, message: Encrypted) -> Fetched:
    """In clear. Raises Unopened, Failed."""
    key = world.keys.random_key(message)
    return _patiently(world, lambda: _decrypt(world, key, message))


def _decrypt(world: World, key: str, message: Encrypted) -> Fetched:
    return decrypted(world.corp_id, message, world.sdk.decrypt(key, message.text("encrypt_chat_msg")))


def _patiently(world: World, call: Callable[[], Result]) -> Result:
    """Raises Failed when it does not pass, or not soon."""
    for wait in WAITS:
        try:
            return call()
        except Failed as failed:
            if failed.reason not in PASSING:
                raise
        world.sleep(wait)
    return call()


def deliveries(opened: Iterable[Fetched], late: Callable[[], bool]) -> Iterator[list[Fetched]]:
    """Of one message or more, in order; when it gets late, what has been opened so far and no more."""
    captures: list[Fetched] = []
    size = 0
    for one in opened:
        if captures and (len(captures) == MOST_CAPTURES or size + len(one.body) > MOST_BYTES):
            yield captures
            captures, size = [], 0
        captures.append(one)
        size += len(one.body)
        if late():
            break
    yield captures


def queue(world: World, captures: list[Fetched], how: dict[str, Any]) -> None:
    """The way of every delivery. Raises TryLater."""
    body = b"[" + b",".join(one.body for one in captures) + b"]"
    digest = hashlib.sha256(body)
    undecrypted = {str(one.seq): one.left_sealed for one in captures if one.left_sealed}

    def build(claim: Claim) -> Delivery:
        return Delivery(
            delivery_id=claim.delivery_id,
            door=DOOR,
            endpoint=world.corp_id,
            received_at=claim.received_at,
            evidence={**how, "body_sha256": digest.hexdigest(), "left_sealed": undecrypted},
            flags=Flag.NONE,
            items=tuple(_items(world, captures, claim.received_at)),
            parts=(Part(name="body", media_type="application/json", body=body),),
        )

    endpoint = endpoint_name(DOOR, world.corp_id)
    accept(world.intake, name=digest.digest(), body=body, endpoint=endpoint, build=build, now=world.clock())


def _items(world: World, captures: list[Fetched], received_at: datetime) -> Iterator[Item]:
    offset = 1
    for one in captures:
        yield item(
            world.intake,
            door=DOOR,
            endpoint=world.corp_id,
            event=one.event,
            offset=offset,
            capture=one.body,
            received_at=received_at,
        )
        offset += len(one.body) + 1
