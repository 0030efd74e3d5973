"""The tables States and Acts as retrieval reads them: a state, and whether an override is open."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from functions.canonical import moment_text
from functions.errors import Tampered
from functions.law.states import State
from functions.retrieval.aws import ActTable, StateTable
from functions.retrieval.states import Overrides
from tests.engines.resources import table
from tests.fakes import MemoryOverrides, MemoryStates

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ACT = "01932e4b-7c00-7000-8000-000000000001"
Grant = Callable[..., Overrides]


@pytest.fixture(params=["moto", "dynamodb-local"])
def dynamodb(request: pytest.FixtureRequest) -> "DynamoDBClient":
    client: DynamoDBClient = request.getfixturevalue(
        {"moto": "moto_dynamodb", "dynamodb-local": "local_dynamodb"}[request.param]
    )
    return client


def put_state(dynamodb: "DynamoDBClient", name: str, record_id: str, **attributes: Any) -> StateTable:
    dynamodb.put_item(TableName=name, Item={"record": {"B": bytes.fromhex(record_id)}, **attributes})
    return StateTable(dynamodb, name)


@pytest.mark.parametrize("state", State)
def test_the_state_of_a_record_is_what_the_latest_act_made_of_it(
    dynamodb: "DynamoDBClient", token: bytes, state: State
) -> None:
    record_id = token.hex() + "0" * 16
    real = put_state(
        dynamodb, table(dynamodb, f"s-{token.hex()}", {"record": "B"}), record_id, state={"S": state}, act={"S": ACT}
    )
    fake = MemoryStates({record_id: state}, {record_id: ACT})

    for states in (real, fake):
        assert states.of(record_id) is state
        assert states.of("f" * 48) is None
        assert states.act_of(record_id) == ACT
        assert states.act_of("f" * 48) is None


@pytest.mark.parametrize("attributes", [{}, {"state": {"S": "gone"}}], ids=["none", "unknown"])
def test_a_line_that_nobody_wrote_is_tampering(
    dynamodb: "DynamoDBClient", token: bytes, attributes: dict[str, Any]
) -> None:
    name = table(dynamodb, f"s-{token.hex()}", {"record": "B"})

    with pytest.raises(Tampered, match="its line in the table of states"):
        put_state(dynamodb, name, "ab" * 24, **attributes).of("ab" * 24)


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def grant(request: pytest.FixtureRequest, token: bytes) -> Grant:
    """An approved override of ACT for a record, until a moment."""

    def fake(record: bytes, until: datetime) -> Overrides:
        return MemoryOverrides({ACT: (record, until)})

    def real(record: bytes, until: datetime, **changed: Any) -> Overrides:
        item: dict[str, Any] = {
            "kind": {"S": "override"},
            "state": {"S": "done"},
            "open_until": {"S": moment_text(until)},
        }
        item |= {"act": {"S": ACT}, "record": {"B": record}, **changed}
        dynamodb.put_item(TableName=name, Item=item)
        return ActTable(dynamodb, name)

    if request.param == "fake":
        return fake
    engine = {"moto": "moto_dynamodb", "dynamodb-local": "local_dynamodb"}[request.param]
    dynamodb: DynamoDBClient = request.getfixturevalue(engine)
    name = table(dynamodb, f"a-{token.hex()}", {"act": "S"})
    return real


def test_an_override_opens_its_own_record_until_its_time_runs_out(grant: Grant) -> None:
    overrides = grant(b"r" * 24, LATER)

    assert overrides.opens(ACT, b"r" * 24, NOW)
    assert not overrides.opens(ACT, b"x" * 24, NOW)
    assert not overrides.opens(ACT, b"r" * 24, LATER)
    assert not overrides.opens(ACT.replace("1", "2"), b"r" * 24, NOW)


@pytest.mark.parametrize(
    "changed",
    [{"kind": {"S": "restrict"}}, {"state": {"S": "proposed"}}, {"state": {"S": "refused"}}],
    ids=["other kind", "proposed", "refused"],
)
@pytest.mark.parametrize("grant", ["moto"], indirect=True)
def test_what_is_no_approved_override_opens_nothing(grant: Grant, changed: dict[str, Any]) -> None:
    assert not grant(b"r" * 24, LATER, **changed).opens(ACT, b"r" * 24, NOW)
