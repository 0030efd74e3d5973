"""Claim, seal, queue: in this order, once, and the same answer however often it is asked for."""

import json
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from functions.capture.capture import Delivery, Flag, Part
from functions.capture.delivery import DataKey, encryption_context, open_delivery
from functions.capture.event import Event
from functions.errors import TryLater
from functions.intake.accept import LARGEST_MESSAGE_BYTES, Accepted, Claim, Conflicting, World, accept, item
from tests.fakes import MemoryKeys
from tests.functions.builders import ARCHIVE_ID, INDEX_KEY, make_delivery
from tests.make import NOW, seconds


@dataclass
class Outside:
    """Everything that accepting touches, and in which order. `fail_at` names what cannot answer now."""

    done: list[str] = field(default_factory=list)
    claims: dict[bytes, Claim] = field(default_factory=dict)
    expiries: list[datetime] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    parcels: dict[str, bytes] = field(default_factory=dict)
    keys: MemoryKeys = field(default_factory=MemoryKeys)
    fail_at: str = ""

    def _do(self, name: str) -> None:
        if name == self.fail_at:
            raise TryLater(f"{name} is busy")
        self.done.append(name)

    def claim(self, name: bytes, mine: Claim, *, expires_at: datetime) -> Claim:
        self._do("claim")
        self.expiries.append(expires_at)
        return self.claims.setdefault(name, mine)

    def mark_queued(self, name: bytes) -> None:
        self._do("mark")
        self.claims[name] = replace(self.claims[name], queued=True)

    def send(self, body: str) -> None:
        self._do("send")
        self.messages.append(body)

    def put(self, key: str, body: bytes) -> None:
        self._do("put")
        self.parcels[key] = body

    def data_key(self) -> DataKey:
        self._do("key")
        return self.keys.generate(encryption_context(ARCHIVE_ID))

    def take(
        self, body: bytes = b"{}", *, name: bytes = b"d-1", endpoint: str = "gateway/one", at: datetime = NOW
    ) -> Accepted:
        def build(claim: Claim) -> Delivery:
            parts = (Part(name="body", media_type="application/json", body=body),)
            return make_delivery(delivery_id=claim.delivery_id, received_at=claim.received_at, items=(), parts=parts)

        world = World(
            archive_id=ARCHIVE_ID,
            index_key=INDEX_KEY,
            claims=self,
            queue=self,
            parcels=self,
            data_key=self.data_key,
        )
        return accept(world, name=name, body=body, endpoint=endpoint, build=build, now=at)


@pytest.fixture
def outside() -> Outside:
    return Outside()


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def test_a_delivery_is_claimed_then_sealed_then_queued_then_marked(outside: Outside) -> None:  # G1
    outside.take()

    assert outside.done == ["claim", "key", "send", "mark"]


def test_a_large_delivery_is_stored_before_the_queue_hears_of_it(outside: Outside) -> None:  # G1
    accepted = outside.take(noise(200_000))

    assert outside.done == ["claim", "key", "put", "send", "mark"]
    (key,) = outside.parcels
    assert key == f"deliveries/{accepted.delivery.delivery_id}"
    assert json.loads(outside.messages[0]) == {"stored": key}
    assert open_delivery(outside.parcels[key], outside.keys.unwrap, archive_id=ARCHIVE_ID) == accepted.delivery


def test_no_queue_message_is_larger_than_every_region_allows(outside: Outside) -> None:
    for size in range(LARGEST_MESSAGE_BYTES - 2000, LARGEST_MESSAGE_BYTES + 2000, 100):
        outside.take(noise(size), name=b"%d" % size)

    assert outside.parcels
    assert max(map(len, outside.messages)) <= 256 * 1024
    assert max(map(len, outside.messages)) > 239_000


def test_a_delivery_that_came_again_is_not_queued_again_and_gets_the_same_answer(outside: Outside) -> None:  # G6
    first = outside.take()
    second = outside.take(at=NOW + timedelta(days=3))

    assert second == first
    assert len(outside.messages) == 1
    assert outside.done == ["claim", "key", "send", "mark", "claim"]


@pytest.mark.parametrize("step", ["key", "send", "mark"])
def test_after_any_failure_the_same_delivery_is_queued_when_it_comes_again(outside: Outside, step: str) -> None:  # G1
    outside.fail_at = step
    with pytest.raises(TryLater):
        outside.take()
    outside.fail_at = ""

    again = outside.take(at=NOW + seconds(90))

    assert again.delivery.received_at == NOW
    assert outside.done[-1] == "mark"
    sealed = outside.messages[-1]
    assert json.loads(sealed).keys() == {"sealed"}
    assert {claim.delivery_id for claim in outside.claims.values()} == {again.delivery.delivery_id}


@pytest.mark.parametrize("step", ["claim", "key", "send"])
def test_a_delivery_that_is_not_in_the_queue_is_never_marked_as_if_it_were(outside: Outside, step: str) -> None:  # G1
    outside.fail_at = step

    with pytest.raises(TryLater):
        outside.take()
    assert not any(claim.queued for claim in outside.claims.values())


def test_a_large_delivery_that_could_not_be_stored_is_not_queued(outside: Outside) -> None:  # G1
    outside.fail_at = "put"

    with pytest.raises(TryLater):
        outside.take(noise(200_000))
    assert outside.messages == []


def test_the_same_name_with_another_body_is_kept_beside_the_first_and_marked(outside: Outside) -> None:  # G6
    first = outside.take(b"one")
    second = outside.take(b"two")

    assert not isinstance(first, Conflicting)
    assert isinstance(second, Conflicting)
    assert second.first_is_kept
    assert (first.delivery.flags, second.delivery.flags) == (Flag.NONE, Flag.CONFLICT)
    assert first.delivery.delivery_id != second.delivery.delivery_id
    assert len(outside.messages) == 2


def test_a_conflict_that_comes_again_is_answered_alike_and_not_queued_again(outside: Outside) -> None:  # G6
    outside.take(b"one")
    second = outside.take(b"two")

    assert outside.take(b"two", at=NOW + seconds(5)) == second
    assert not isinstance(outside.take(b"one"), Conflicting)
    assert len(outside.messages) == 2


@given(st.lists(st.sampled_from([b"one", b"two", b"three"]), min_size=1, max_size=8))
def test_every_body_under_a_name_is_queued_exactly_once(bodies: list[bytes]) -> None:  # G6
    outside = Outside()

    answers = [outside.take(body) for body in bodies]

    assert len(outside.messages) == len(set(bodies))
    assert [isinstance(one, Conflicting) for one in answers] == [body != bodies[0] for body in bodies]
    for body, answer in zip(bodies, answers, strict=True):
        assert answer == answers[bodies.index(body)]


def test_the_same_name_at_another_endpoint_is_another_delivery(outside: Outside) -> None:
    first, second = outside.take(b"one"), outside.take(b"two", endpoint="gateway/two")

    assert not isinstance(first, Conflicting)
    assert not isinstance(second, Conflicting)


def test_a_claim_stands_for_thirty_days_and_holds_nothing_in_clear(outside: Outside) -> None:  # G4
    outside.take(b"planted", name=b"planted")

    assert outside.expiries == [NOW + timedelta(days=30)]
    assert "planted" not in repr(outside.claims) + repr(outside.messages)


def test_when_it_was_received_is_written_down_to_the_millisecond(outside: Outside) -> None:
    accepted = outside.take(at=NOW.replace(microsecond=123_999))

    assert accepted.delivery.received_at == NOW.replace(microsecond=123_000)


def test_each_delivery_is_sealed_with_a_nonce_of_its_own(outside: Outside) -> None:
    for at in range(20):
        outside.take(b"same", name=b"%d" % at)

    assert len(set(outside.messages)) == 20


def test_what_is_in_the_queue_opens_as_what_was_answered_for(outside: Outside) -> None:  # G1
    import base64

    accepted = outside.take(b"body")

    sealed = base64.b64decode(json.loads(outside.messages[0])["sealed"])
    assert open_delivery(sealed, outside.keys.unwrap, archive_id=ARCHIVE_ID) == accepted.delivery


@pytest.mark.parametrize(("time", "source"), [(NOW - seconds(9), "event"), (None, "delivery")])
def test_an_item_says_where_its_time_comes_from(outside: Outside, time: datetime | None, source: str) -> None:
    world = World(
        archive_id=ARCHIVE_ID,
        index_key=INDEX_KEY,
        claims=outside,
        queue=outside,
        parcels=outside,
        data_key=outside.data_key,
    )
    event = Event(source="s", event_id="e", event_type="t", time=time)

    made = item(world, door="gateway", endpoint="one", event=event, offset=3, capture=b"abc", received_at=NOW)

    assert (made.sent_at, made.sent_at_source, made.offset, made.length) == (time or NOW, source, 3, 3)
    assert made.record_id == INDEX_KEY.record_id(
        endpoint="gateway/one", source="s", event_id="e", sent_at=time or NOW, capture=b"abc"
    )
