"""The table Tombstones as two rooms know it: archive counts what it drops, completeness adds a day up."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from functions.archive.aws_tables import TombstoneTable as Counting
from functions.archive.tombstones import Tombstone, Tombstones as Dropping
from functions.completeness.aws import TombstoneTable as Adding
from functions.completeness.days import Tombstones
from tests.engines.resources import tables
from tests.fakes_aside import MemoryTombstones

DAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table, through the ports of two rooms."""

    dropping: Dropping
    adding: Tombstones


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def table(request: pytest.FixtureRequest) -> Table:
    if request.param == "fake":
        memory = MemoryTombstones()
        return Table(dropping=memory, adding=memory)
    if request.param == "moto":
        dynamodb = request.getfixturevalue("moto_dynamodb")
        name = tables(dynamodb, "own").tombstones
    else:
        dynamodb = request.getfixturevalue("local_dynamodb")
        name = request.getfixturevalue("local_tables").tombstones
    return Table(dropping=Counting(dynamodb, name), adding=Adding(dynamodb, name))


def make_stone(name: str, count: int, day: date = DAY) -> Tombstone:
    return Tombstone(day=str(day), name=name, rule="scope.private", count=count)


def test_a_day_is_added_up_by_reason_over_ways_in_and_deliveries(table: Table) -> None:
    stones = [
        make_stone("gateway/one/private/d-1", 2),
        make_stone("gateway/two/private/d-2", 3),
        make_stone("gateway/two/refused/d-2@17", 1),
        make_stone("gateway/one/private/d-3", 100, DAY + timedelta(days=1)),
    ]
    for _ in range(2):  # a delivery that comes again writes the same
        table.dropping.put(stones)

    assert table.adding.of_day(DAY) == {"private": 5, "refused": 1}
    assert table.adding.of_day(DAY - timedelta(days=1)) == {}
