"""The table Sequences as two rooms know it: archive adds to it, completeness loads and folds it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from functions.archive.aws import SequenceTable as Adding
from functions.archive.sequences import Mark, Sequences, item_of, read_item
from functions.capture.sequence import LARGEST, Range, Stream
from functions.completeness.aws import SequenceTable as Folding
from functions.completeness.watch import Streams
from tests.engines.resources import tables
from tests.fakes import MemorySequences

MOMENT = datetime(2026, 11, 22, 9, 30, 0, 125_000, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table, through the ports of two rooms."""

    adding: Sequences
    folding: Streams

    def of(self, token: bytes) -> list[Mark]:
        found = (mark for mark in self.folding.load() if mark.stream.token == token)
        return sorted(found, key=lambda mark: (mark.range.first, mark.range.last))


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def table(request: pytest.FixtureRequest) -> Table:
    if request.param == "fake":
        memory = MemorySequences()
        return Table(adding=memory, folding=memory)
    if request.param == "moto":
        dynamodb = request.getfixturevalue("moto_dynamodb")
        name = tables(dynamodb, "own").sequences
    else:
        dynamodb = request.getfixturevalue("local_dynamodb")
        name = request.getfixturevalue("local_tables").sequences
    return Table(adding=Adding(dynamodb, name), folding=Folding(dynamodb, name))


def make_mark(token: bytes, first: int, last: int | None = None, **changed: object) -> Mark:
    one = Range(
        first=first,
        last=first if last is None else last,
        sent_from=MOMENT,
        sent_until=MOMENT,
        received_from=MOMENT,
        received_until=MOMENT,
    )
    return Mark(Stream(token=token, endpoint="gateway/one", kind="wecom"), replace(one, **changed))  # type: ignore[arg-type]


def test_a_range_is_kept_to_the_last_digit_and_the_millisecond(table: Table, token: bytes) -> None:
    before_1970 = datetime(1969, 1, 1, tzinfo=UTC)
    marks = [make_mark(token, 1, 9, jumped=3, sent_from=before_1970), make_mark(token, LARGEST)]
    table.adding.put(marks)

    assert table.of(token) == marks
    assert [read_item(item_of(mark)) for mark in marks] == marks


def test_the_same_range_again_changes_nothing_and_another_stands_beside_it(table: Table, token: bytes) -> None:
    one, longer = make_mark(token, 1), make_mark(token, 1, 2)
    for marks in ([one], [one, longer]):
        table.adding.put(marks)

    assert table.of(token) == [one, longer]


def test_ranges_are_folded_by_writing_one_and_removing_the_others(table: Table, token: bytes) -> None:
    table.adding.put([make_mark(token, 1), make_mark(token, 2)])

    table.folding.put([make_mark(token, 1, 2)])
    table.folding.remove([make_mark(token, 1), make_mark(token, 2), make_mark(token, 77)])

    assert table.of(token) == [make_mark(token, 1, 2)]


def test_the_sort_key_orders_by_the_first_number(token: bytes) -> None:
    keys = [item_of(make_mark(token, first))["at"]["S"] for first in (2, 10, LARGEST)]

    assert keys == sorted(keys)
    assert keys[0].startswith("00000000000000000002/")
