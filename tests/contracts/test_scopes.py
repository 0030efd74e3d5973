"""The tables Scopes and Exports: a piece and a number that stand are never changed, and a year moves turn by turn."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from functions.errors import AlreadyStored
from functions.law.export import PERSON_BYTES, Approval, Measured, Part, Piece, Trait, Year
from functions.office import aws_scopes
from functions.office.aws_scopes import PEOPLE_OF_ONE, ExportTable, ScopeTable
from tests.engines.resources import table
from tests.measuring import MemoryExports, MemoryScopes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = datetime(2026, 11, 26, 12, 0, 0, 125_000, tzinfo=UTC)
SCOPE, OTHER = "01932e4b-7c00-7000-8000-0000000000aa", "01932e4b-7c00-7000-8000-0000000000ab"
ENGINES = {"moto": "moto_dynamodb", "dynamodb-local": "local_dynamodb"}
PART = Part(
    records=frozenset({b"a" * 24, b"b" * 24}),
    people={b"p" * 16: Trait.SENSITIVE, b"q" * 16: Trait.NONE},
    tiers=frozenset({"general", "important"}),
    left={"restricted": frozenset({b"c" * 24}), "tampered": frozenset({b"d" * 24})},
    broken=frozenset({"s-1"}),
)
WHOLE, EMPTY = Piece(PART, "s-9"), Piece(Part(), None)
MEASURED = Measured(
    act=SCOPE,
    state="ready",
    at=NOW,
    records=2,
    persons=2,
    sensitive_persons=1,
    consent_persons=1,
    tiers=frozenset({"general"}),
    left={"restricted": 1},
    broken=1,
    scope_sha256="ab" * 32,
)


@pytest.fixture(params=["fake", *ENGINES])
def scopes(request: pytest.FixtureRequest, token: bytes) -> ScopeTable | MemoryScopes:
    if request.param == "fake":
        return MemoryScopes()
    dynamodb: DynamoDBClient = request.getfixturevalue(ENGINES[request.param])
    return ScopeTable(dynamodb, table(dynamodb, f"scopes-{token.hex()}", {"scope": "S", "part": "S"}))


@pytest.fixture(params=["fake", *ENGINES])
def exports(request: pytest.FixtureRequest, token: bytes) -> ExportTable | MemoryExports:
    if request.param == "fake":
        return MemoryExports()
    dynamodb: DynamoDBClient = request.getfixturevalue(ENGINES[request.param])
    return ExportTable(dynamodb, table(dynamodb, f"exports-{token.hex()}", {"year": "S"}))


@pytest.mark.parametrize("piece", [WHOLE, EMPTY], ids=["whole", "empty"])
def test_a_piece_is_kept_as_it_is(scopes: ScopeTable | MemoryScopes, piece: Piece) -> None:
    assert scopes.piece(SCOPE, "") is None

    assert scopes.put_piece(SCOPE, "", piece) == piece
    assert scopes.piece(SCOPE, "") == piece


def test_the_first_piece_at_a_place_stands(scopes: ScopeTable | MemoryScopes) -> None:
    scopes.put_piece(SCOPE, "s-1", WHOLE)

    assert scopes.put_piece(SCOPE, "s-1", EMPTY) == WHOLE
    assert scopes.put_piece(SCOPE, "s-2", EMPTY) == EMPTY
    assert scopes.put_piece(OTHER, "s-1", EMPTY) == EMPTY
    assert sorted(one.then or "" for one in scopes.pieces(SCOPE)) == ["", "s-9"]


def test_the_first_number_stands_with_its_people(scopes: ScopeTable | MemoryScopes) -> None:
    scopes.put_piece(SCOPE, "", WHOLE)
    assert scopes.measured(SCOPE) is None
    assert scopes.people(SCOPE) == {}

    assert scopes.finish(MEASURED, PART.people) == MEASURED
    again = Measured(act=SCOPE, state="too_large", at=NOW)
    assert scopes.finish(again, {}) == MEASURED
    assert scopes.measured(SCOPE) == MEASURED
    assert scopes.people(SCOPE) == PART.people


def test_what_has_no_numbers_is_kept_too(scopes: ScopeTable | MemoryScopes) -> None:
    none = Measured(act=SCOPE, state="too_large", at=NOW)

    assert scopes.finish(none, {}) == none
    assert scopes.measured(SCOPE) == none


def test_more_people_than_one_item_holds_are_all_there(
    scopes: ScopeTable | MemoryScopes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_scopes, "PEOPLE_OF_ONE", 2)
    people = {bytes([number]) * 16: Trait(number % 4) for number in range(7)}
    scopes.finish(MEASURED, people)

    assert scopes.people(SCOPE) == people
    assert PEOPLE_OF_ONE * PERSON_BYTES < 400_000 - 1000


def test_a_year_of_which_nobody_has_approved_anything_is_empty(exports: ExportTable | MemoryExports) -> None:
    assert exports.year(2026) == Year(year=2026)


def test_a_year_moves_one_turn_at_a_time(exports: ExportTable | MemoryExports) -> None:
    first, second = (Approval(act=act, scope=SCOPE, at=NOW) for act in ("a-1", "a-2"))
    empty = exports.year(2026)
    exports.enter(empty, first)
    one = exports.year(2026)
    exports.enter(one, second)

    for late in (empty, one):
        with pytest.raises(AlreadyStored, match="somebody else's"):
            exports.enter(late, second)
    assert exports.year(2026) == Year(year=2026, turn=2, approvals=(first, second))
    assert exports.year(2027) == Year(year=2027)


def test_an_error_that_nobody_knows_is_let_through(session: boto3.Session) -> None:
    dynamodb = session.client("dynamodb")
    with Stubber(dynamodb) as answers:
        answers.add_client_error("put_item", "AccessDeniedException")
        with pytest.raises(ClientError, match="AccessDenied"):
            ScopeTable(dynamodb, "scopes").put_piece(SCOPE, "", EMPTY)
        answers.add_client_error("put_item", "AccessDeniedException")
        with pytest.raises(ClientError, match="AccessDenied"):
            ExportTable(dynamodb, "exports").enter(Year(year=2026), Approval(act="a", scope=SCOPE, at=NOW))
