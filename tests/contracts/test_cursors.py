"""Cursors: exact, and only ever forward."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.errors import AlreadyStored
from functions.pull.aws import CursorTable
from functions.pull.cursor import Cursor, Cursors, Gap
from tests.engines.resources import tables
from tests.fakes import MemoryCursors

NOW = datetime(2026, 11, 22, 9, 30, 0, 125_000, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def cursors(request: pytest.FixtureRequest, token: bytes) -> Cursors:
    def name(corp_id: str) -> bytes:
        return token + corp_id.encode()

    if request.param == "fake":
        return MemoryCursors()
    if request.param == "moto":
        dynamodb = request.getfixturevalue("moto_dynamodb")
        return CursorTable(dynamodb, tables(dynamodb, "own").deliveries, name)
    table = request.getfixturevalue("local_tables").deliveries
    return CursorTable(request.getfixturevalue("local_dynamodb"), table, name)


def test_before_the_first_pull_there_is_none(cursors: Cursors) -> None:
    assert cursors.load("ww1") is None


@pytest.mark.parametrize("gap", [None, Gap(requested_seq=2**64 - 2, last_success=NOW - timedelta(days=6))])
def test_a_cursor_is_kept_to_the_last_digit_and_the_millisecond(cursors: Cursors, gap: Gap | None) -> None:
    cursor = Cursor(seq=2**64 - 1, succeeded_at=NOW, gap=gap)
    cursors.save("ww1", cursor)

    assert cursors.load("ww1") == cursor
    assert cursors.load("ww2") is None


def test_it_moves_forward_or_stays_and_a_gap_that_was_told_is_gone(cursors: Cursors) -> None:
    cursors.save("ww1", Cursor(seq=7, succeeded_at=NOW, gap=Gap(requested_seq=1, last_success=NOW)))
    cursors.save("ww1", Cursor(seq=7, succeeded_at=LATER))

    assert cursors.load("ww1") == Cursor(seq=7, succeeded_at=LATER)


def test_it_never_moves_back(cursors: Cursors) -> None:
    further = Cursor(seq=100, succeeded_at=NOW)
    cursors.save("ww1", further)

    with pytest.raises(AlreadyStored):
        cursors.save("ww1", replace(further, seq=99, succeeded_at=LATER))
    assert cursors.load("ww1") == further
