"""What waits outside the vault: under whom, since when, and until it is let go."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from functions.archive.aws_tables import HeldTable
from functions.archive.waiting import Waiting, WaitingList
from tests.engines.resources import tables
from tests.fakes_aside import MemoryWaiting

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    waiting: WaitingList
    since: "Since"


class Since:
    """Since when an item says it waits."""

    def __init__(self, look: object) -> None:
        self.look = look

    def __call__(self, token: bytes, record: str) -> str:
        found: str = self.look(token, record)  # type: ignore[operator]
        return found


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def desk(request: pytest.FixtureRequest) -> Desk:
    if request.param == "fake":
        memory = MemoryWaiting()
        return Desk(waiting=memory, since=Since(lambda token, record: memory.items[token, record].item()["since"]["S"]))
    if request.param == "moto":
        dynamodb = request.getfixturevalue("moto_dynamodb")
        table = tables(dynamodb, "own").held
    else:
        dynamodb = request.getfixturevalue("local_dynamodb")
        table = request.getfixturevalue("local_tables").held

    def look(token: bytes, record: str) -> str:
        key = {"token": {"B": token}, "record": {"S": record}}
        return str(dynamodb.get_item(TableName=table, Key=key)["Item"]["since"]["S"])

    return Desk(waiting=HeldTable(dynamodb, table), since=Since(look))


def waits(token: bytes, record: str, since: datetime = NOW) -> Waiting:
    return Waiting(token=token, record=record, kind="consent", since=since, due=since + timedelta(days=7))


def test_what_waits_for_somebody_is_found_under_them(desk: Desk, token: bytes) -> None:
    desk.waiting.put([waits(token, "b"), waits(token, "a"), waits(token[::-1], "c")])

    assert list(desk.waiting.records(token)) == ["a", "b"]
    assert list(desk.waiting.records(token[::-1])) == ["c"]


def test_what_waits_already_keeps_its_time(desk: Desk, token: bytes) -> None:
    desk.waiting.put([waits(token, "a")])
    desk.waiting.put([waits(token, "a", NOW + timedelta(hours=1)), waits(token, "b")])

    assert desk.since(token, "a") == "2026-11-22T09:30:00.000Z"
    assert list(desk.waiting.records(token)) == ["a", "b"]


def test_what_is_let_go_waits_for_nobody_and_may_be_let_go_again(desk: Desk, token: bytes) -> None:
    people = [token[:-1] + bytes([at]) for at in range(60)]
    desk.waiting.put([waits(one, "a") for one in people] + [waits(people[0], "b")])

    for _ in range(2):
        desk.waiting.remove(people, "a")

    assert [list(desk.waiting.records(one)) for one in people] == [["b"]] + [[]] * 59
