"""Tombstones, sums and holds: what is written twice counts once, but for sums, which say so."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from functions.archive.aws_tables import CounterTable, HoldTable, TombstoneTable
from functions.archive.counting import Counters, Place, Steps
from functions.archive.tombstones import Tombstone
from functions.errors import TryLater
from functions.law.holds import Hold
from tests.engines.resources import tables
from tests.fakes_aside import MemoryCounters, MemoryTombstones

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Opened = tuple["DynamoDBClient", str]


@pytest.fixture(params=["moto", "dynamodb-local"])
def dynamodb(request: pytest.FixtureRequest) -> "DynamoDBClient":
    client: DynamoDBClient = request.getfixturevalue(
        {"moto": "moto_dynamodb", "dynamodb-local": "local_dynamodb"}[request.param]
    )
    return client


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def counters(request: pytest.FixtureRequest, token: bytes) -> Callable[[], Counters]:
    """A process that counts; each call is another one."""
    if request.param == "fake":
        memory = MemoryCounters()
        return lambda: memory
    engine = {"moto": "moto_dynamodb", "dynamodb-local": "local_dynamodb"}[request.param]
    client = request.getfixturevalue(engine)
    table = tables(client, token.hex()).counters
    return lambda: CounterTable(client, table)


def steps(sums: dict[Place, int] | None = None, members: set[tuple[Place, bytes]] | None = None) -> Steps:
    return Steps(sums=sums or {}, members=frozenset(members or ()))


def test_sums_grow_by_what_is_added_each_time(counters: Callable[[], Counters]) -> None:
    places: list[Place] = [("secrecy", b"room"), ("secrecy", b"other"), ("sensitive", b"room")]
    counters().add(steps({places[0]: 2, places[2]: 0}))
    counters().add(steps({places[0]: 3}))

    assert counters().values(places) == {places[0]: 5}


def test_a_member_counts_once_whoever_counts_it(counters: Callable[[], Counters]) -> None:
    place: Place = ("people", b"")
    people = {(place, at.to_bytes(2, "big")) for at in range(130)}
    one = counters()
    for counting in (one, one, counters()):
        counting.add(steps(members=people))
    counters().add(steps(members={(place, b"another")}))

    assert counters().values([place]) == {place: 131}


def test_a_process_that_has_counted_too_many_forgets_and_counts_no_one_twice(dynamodb: "DynamoDBClient") -> None:
    place: Place = ("people", b"")
    table = CounterTable(dynamodb, tables(dynamodb, f"forgetful-{id(dynamodb)}").counters, remembered=2)
    for _ in range(2):
        for at in range(5):
            table.add(steps(members={(place, bytes([at]))}))

    assert table.values([place]) == {place: 5}


class Meddled:
    """A client whose transactions meet what others have just written, or are just writing."""

    def __init__(self, dynamodb: "DynamoDBClient", reasons: list[str]) -> None:
        self.dynamodb, self.reasons = dynamodb, reasons

    def __getattr__(self, name: str) -> Any:
        return getattr(self.dynamodb, name)

    def transact_write_items(self, *, TransactItems: list[Any]) -> Any:  # noqa: N803 - AWS's name
        if self.reasons:
            reasons = [{"Code": self.reasons.pop(0)} for _ in TransactItems]
            answer: Any = {"CancellationReasons": reasons}
            raise self.dynamodb.exceptions.TransactionCanceledException(answer, "TransactWriteItems")
        return self.dynamodb.transact_write_items(TransactItems=TransactItems)


def meddled(dynamodb: "DynamoDBClient", token: bytes, *reasons: str) -> CounterTable:
    client: Any = Meddled(dynamodb, list(reasons))
    return CounterTable(client, tables(dynamodb, token.hex()).counters)


def test_whom_somebody_else_has_just_counted_is_left_out(dynamodb: "DynamoDBClient", token: bytes) -> None:
    place: Place = ("people", b"")
    table = meddled(dynamodb, token, "ConditionalCheckFailed", "None", "None")

    table.add(steps(members={(place, b"1"), (place, b"2")}))

    assert table.values([place]) == {place: 1}


def test_when_everybody_has_just_been_counted_nothing_is_added(dynamodb: "DynamoDBClient", token: bytes) -> None:
    place: Place = ("people", b"")
    table = meddled(dynamodb, token, "ConditionalCheckFailed", "None")

    table.add(steps(members={(place, b"1")}))

    assert table.values([place]) == {}


def test_while_somebody_else_adds_to_the_same_sum_it_is_tried_later(dynamodb: "DynamoDBClient", token: bytes) -> None:
    table = meddled(dynamodb, token, "None", "TransactionConflict")

    with pytest.raises(TryLater, match="the same counter"):
        table.add(steps(members={(("people", b""), b"1")}))


def stone(name: str, count: int = 1) -> Tombstone:
    return Tombstone(day="2026-11-22", name=f"gateway/g/private/{name}", rule="scope.private", count=count)


def test_a_tombstone_that_is_put_again_is_the_same(dynamodb: "DynamoDBClient", token: bytes) -> None:
    table = tables(dynamodb, token.hex()).tombstones
    memory = MemoryTombstones()
    stones = [stone(str(at), at + 1) for at in range(30)]
    for tombstones in (TombstoneTable(dynamodb, table), memory):
        for _ in range(2):
            tombstones.put(stones)

    items = dynamodb.scan(TableName=table)["Items"]
    kept = {item["sk"]["S"]: item for item in items}
    assert kept == {one.name: one.item() for one in memory.items.values()}
    assert sum(int(item["n"]["N"]) for item in items) == memory.counts()["private"] == sum(range(31))


def test_holds_are_read_whole(dynamodb: "DynamoDBClient", token: bytes) -> None:
    table = tables(dynamodb, token.hex()).holds
    plain = {"hold": {"S": "h-1"}, "matter": {"S": "m"}, "act": {"S": "a-1"}, "custodians": {"BS": [b"1"]}}
    bound = {
        "hold": {"S": "h-2"},
        "matter": {"S": "m"},
        "act": {"S": "a-2"},
        "conversations": {"BS": [b"2"]},
        "sent_from": {"S": "2026-01-01T00:00:00.000Z"},
        "sent_until": {"S": "2026-07-01T00:00:00.000Z"},
    }
    for item in (plain, bound):
        dynamodb.put_item(TableName=table, Item=item)  # type: ignore[arg-type]  # plain dictionaries

    one, two = sorted(HoldTable(dynamodb, table).load(), key=lambda hold: hold.id)
    assert one == Hold(
        id="h-1",
        matter="m",
        custodians=frozenset({b"1"}),
        conversations=frozenset(),
        sent_from=None,
        sent_until=None,
        placed_by_act="a-1",
    )
    assert two.conversations == {b"2"}
    assert (two.sent_from, two.sent_until) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
