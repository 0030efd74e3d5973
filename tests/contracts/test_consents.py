"""The ledger of consent: a person's entries are a set, and an entry stays what it was when it was first entered."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from functions.archive.aws_tables import ConsentTable
from functions.archive.ledger import Consents, Entry
from functions.law.consent import Standing, fold
from tests.engines.resources import tables
from tests.fakes_aside import MemoryConsents

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = datetime(2026, 11, 22, 9, 30, 0, 125_000, tzinfo=UTC)
GRANTED = Standing(
    purpose="archive", state="granted", at=NOW, notice_sha256="ab" * 32, category="general", method="wechat"
)
REFUSED = replace(GRANTED, state="refused", at=NOW + timedelta(minutes=1), guardian=True, turns_14=date(2031, 5, 1))


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def consents(request: pytest.FixtureRequest) -> Consents:
    if request.param == "fake":
        return MemoryConsents()
    if request.param == "moto":
        dynamodb = request.getfixturevalue("moto_dynamodb")
        return ConsentTable(dynamodb, tables(dynamodb, "own").consents)
    return ConsentTable(request.getfixturevalue("local_dynamodb"), request.getfixturevalue("local_tables").consents)


def entry(token: bytes, standing: Standing, name: str = "log#1") -> Entry:
    return Entry(token=token, name=name, standing=standing)


def test_of_whoever_said_nothing_nothing_is_known(consents: Consents, token: bytes) -> None:
    assert consents.people([token]) == {}
    assert consents.people([]) == {}


def test_entries_are_the_same_ledger_in_whatever_order_and_however_often(consents: Consents, token: bytes) -> None:
    said = [entry(token, GRANTED, "log#1"), entry(token, REFUSED, "log#2")]
    for order in permutations([*said, *said]):
        for one in order:
            consents.enter(one)

    assert consents.people([token])[token].ledger == fold([GRANTED, REFUSED])


def test_an_entry_stays_what_it_was_first(consents: Consents, token: bytes) -> None:
    consents.enter(entry(token, GRANTED))
    consents.enter(entry(token, replace(GRANTED, method="another")))

    assert consents.people([token])[token].ledger == fold([GRANTED])


def test_what_was_asked_is_known_beside_what_was_said(consents: Consents, token: bytes) -> None:
    consents.ask(token, "archive", "general", now=NOW)
    consents.ask(token, "archive", "general", now=NOW + timedelta(days=7))
    consents.ask(token, "archive", "sensitive", now=NOW)

    person = consents.people([token])[token]
    assert person.asked == {("archive", "general"): NOW + timedelta(days=7), ("archive", "sensitive"): NOW}
    assert person.ledger == fold([])


def test_what_dynamodb_leaves_unprocessed_is_asked_for_again(moto_dynamodb: "DynamoDBClient", token: bytes) -> None:
    class Lazy:
        """Leaves out the last of several, as DynamoDB may."""

        def batch_get_item(self, *, RequestItems: Any) -> Any:  # noqa: N803 - AWS's name
            ((table, wanted),) = RequestItems.items()
            first, rest = wanted["Keys"][:1], wanted["Keys"][1:]
            answer: Any = moto_dynamodb.batch_get_item(RequestItems={table: wanted | {"Keys": first}})
            return answer | {"UnprocessedKeys": {table: wanted | {"Keys": rest}} if rest else {}}

    table = tables(moto_dynamodb, "own").consents
    whole, client = ConsentTable(moto_dynamodb, table), Lazy()
    for one in (token, token[::-1]):
        whole.enter(entry(one, GRANTED))

    lazy: Any = client
    assert set(ConsentTable(lazy, table).people([token, token[::-1]])) == {token, token[::-1]}


def test_hundreds_of_people_are_looked_up_at_once(consents: Consents, token: bytes) -> None:
    people: list[Any] = [token[:-2] + at.to_bytes(2, "big") for at in range(230)]
    for at in (0, 99, 100, 229):
        consents.enter(entry(people[at], GRANTED))

    assert set(consents.people(people)) == {people[at] for at in (0, 99, 100, 229)}
