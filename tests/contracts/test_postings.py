"""The postings as two rooms know them: index writes them, retrieval queries them by token."""

from dataclasses import dataclass, replace

import pytest

from functions.index.aws import PostingTable as WritingTable
from functions.index.index import Postings as Writing
from functions.index.postings import Posting, Row
from functions.retrieval.aws import PostingTable as QueryingTable
from functions.retrieval.opening import Postings as Querying
from tests.engines.resources import tables
from tests.fakes import MemoryPostings

MORE_THAN_A_BATCH = 26
ROWS_OF_A_FULL_SEGMENT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table, through the ports of two rooms."""

    writing: Writing
    querying: Querying

    def of(self, token: bytes) -> list[Posting]:
        return list(self.querying.query(token))


def make_row(ordinal: int = 0, sent_at_ms: int = 1_795_339_798_000) -> Row:
    return Row(
        ordinal=ordinal,
        sent_at_ms=sent_at_ms,
        received_at_ms=sent_at_ms + 2000,
        kind=1,
        flags=0,
        digest=b"8 bytes!",
        event_digest=b"8 more!!",
    )


def make_posting(token: bytes, *, day: str = "2026-11-22", segment_id: str = "a-segment", rows: int = 1) -> Posting:
    return Posting(
        token=token,
        day=day,
        segment_id=segment_id,
        tier="general",
        version_id="a-version",
        rows=tuple(make_row(ordinal) for ordinal in range(rows)),
    )


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def table(request: pytest.FixtureRequest) -> Table:
    if request.param == "fake":
        memory = MemoryPostings()
        return Table(writing=memory, querying=memory)
    if request.param == "moto":
        dynamodb = request.getfixturevalue("moto_dynamodb")
        name = tables(dynamodb, "own").postings
    else:
        dynamodb = request.getfixturevalue("local_dynamodb")
        name = request.getfixturevalue("local_tables").postings
    return Table(writing=WritingTable(dynamodb, name), querying=QueryingTable(dynamodb, name))


def test_a_posting_comes_back_as_it_was_written(table: Table, token: bytes) -> None:
    posting = make_posting(token, rows=3)

    assert table.writing.put([posting]) == 1
    assert table.of(token) == [posting]


def test_nothing_to_write_is_nothing_written(table: Table, token: bytes) -> None:
    assert table.writing.put([]) == 0
    assert table.of(token) == []


def test_times_before_1970_and_far_ahead_come_back_as_they_were(table: Table, token: bytes) -> None:
    rows = (make_row(0, -1), make_row(1, 4_102_444_800_000))
    posting = replace(make_posting(token), rows=rows)
    table.writing.put([posting])

    assert table.of(token) == [posting]


def test_postings_come_back_oldest_day_first_and_then_by_segment(table: Table, token: bytes) -> None:
    in_order = [
        make_posting(token, day=day, segment_id=segment_id)
        for day in ("2026-09-30", "2026-10-01", "2026-11-22")
        for segment_id in ("a", "b")
    ]
    table.writing.put(reversed(in_order))

    assert table.of(token) == in_order


def test_writing_the_same_segment_again_changes_nothing(table: Table, token: bytes) -> None:
    postings = [make_posting(token, segment_id=f"segment-{n:02}") for n in range(MORE_THAN_A_BATCH)]

    assert table.writing.put(postings) == MORE_THAN_A_BATCH
    assert table.writing.put(postings) == MORE_THAN_A_BATCH
    assert table.of(token) == postings


def test_a_token_finds_its_own_postings_alone(table: Table, token: bytes) -> None:
    neighbour = token[:-1] + bytes([token[-1] ^ 1])
    table.writing.put([make_posting(token), make_posting(neighbour)])

    assert table.of(token) == [make_posting(token)]
    assert table.of(neighbour) == [make_posting(neighbour)]


def test_more_postings_than_one_page_holds_all_come_back(table: Table, token: bytes) -> None:
    postings = [
        make_posting(token, segment_id=f"segment-{n:02}", rows=ROWS_OF_A_FULL_SEGMENT)
        for n in range(MORE_THAN_A_BATCH + 4)
    ]
    table.writing.put(postings)

    assert table.of(token) == postings


def test_postings_of_some_days_come_back_alone(table: Table, token: bytes) -> None:
    days = [make_posting(token, day=f"2026-11-{day}", segment_id=one) for day in (20, 21, 22, 23) for one in ("0", "~")]
    table.writing.put(days)

    assert list(table.querying.between(token, "2026-11-21", "2026-11-22")) == days[2:6]
    assert list(table.querying.between(token, "2026-11-24", "2026-12-31")) == []
