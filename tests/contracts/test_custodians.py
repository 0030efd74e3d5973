"""The custodians' table: every term that was written is on the roll, however many pages it takes."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from functions.archive.aws import CustodianTable
from tests.engines.resources import tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
BETWEEN = datetime(2026, 3, 1, tzinfo=UTC)
LONG_NAMES = [f"regime-{number:04}-{'x' * 1000}" for number in range(300)]


@pytest.fixture(params=["moto", "dynamodb-local"])
def dynamodb(request: pytest.FixtureRequest) -> "DynamoDBClient":
    client: DynamoDBClient = request.getfixturevalue(
        {"moto": "moto_dynamodb", "dynamodb-local": "local_dynamodb"}[request.param]
    )
    return client


@pytest.fixture
def table(dynamodb: "DynamoDBClient", token: bytes) -> str:
    """Empty, and this test's own: the roll is the whole table."""
    return tables(dynamodb, token.hex()).custodians


def put(dynamodb: "DynamoDBClient", table: str, token: bytes, **attributes: Any) -> None:
    item = {"token": {"B": token}, "valid_from": {"S": "2026-01-01T00:00:00.000Z"}, **attributes}
    dynamodb.put_item(TableName=table, Item=item)


def test_nobody_is_on_the_roll_of_an_empty_table(dynamodb: "DynamoDBClient", table: str, token: bytes) -> None:
    assert CustodianTable(dynamodb, table).load().regimes([token], BETWEEN) == frozenset()


def test_a_term_with_an_end_covers_its_interval_alone(dynamodb: "DynamoDBClient", table: str, token: bytes) -> None:
    put(dynamodb, table, token, valid_until={"S": "2026-07-01T00:00:00.000Z"}, regimes={"SS": ["a", "b"]})

    roll = CustodianTable(dynamodb, table).load()

    assert roll.regimes([token], START) == roll.regimes([token], BETWEEN) == {"a", "b"}
    assert roll.regimes([token], END) == frozenset()


def test_a_term_without_an_end_and_without_regimes_is_open_and_adds_nothing(
    dynamodb: "DynamoDBClient", table: str, token: bytes
) -> None:
    put(dynamodb, table, token)
    put(dynamodb, table, token[::-1], regimes={"SS": ["a"]})

    roll = CustodianTable(dynamodb, table).load()

    assert roll.regimes([token], END) == frozenset()
    assert roll.regimes([token, token[::-1]], END) == {"a"}


def test_contacts_and_exclusions_are_on_their_own_lists_and_nobodys_terms(
    dynamodb: "DynamoDBClient", table: str, token: bytes
) -> None:
    other = token[::-1]
    put(dynamodb, table, token, role={"S": "contact"})
    put(dynamodb, table, other, role={"S": "excluded"})

    roll = CustodianTable(dynamodb, table).load()

    assert (roll.contacts, roll.excluded) == (frozenset({token}), frozenset({other}))
    assert roll.covering([token, other], BETWEEN) == []


def test_jurisdictions_and_device_come_with_the_term(dynamodb: "DynamoDBClient", table: str, token: bytes) -> None:
    put(dynamodb, table, token, jurisdictions={"SS": ["CN", "HK"]}, device={"S": "byod"})

    [term] = CustodianTable(dynamodb, table).load().covering([token], BETWEEN)

    assert term.jurisdictions == {"CN", "HK"}
    assert term.device == "byod"


def test_a_roll_larger_than_one_page_is_read_whole(dynamodb: "DynamoDBClient", table: str) -> None:
    tokens = [bytes([number]) * 16 for number in range(5)]
    for token in tokens:
        put(dynamodb, table, token, regimes={"SS": [*LONG_NAMES, f"own-{token[0]}"]})

    roll = CustodianTable(dynamodb, table).load()

    assert {f"own-{number}" for number in range(5)} <= roll.all_regimes()
