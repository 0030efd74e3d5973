"""The tables of decisions: an act moves one turn at a time, a record's state goes to the latest act."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from functions.custody.aws import HeldTable, StateTable as CustodyStateTable
from functions.custody.orders import States as CustodyStates
from functions.custody.suspects import WaitingList
from functions.errors import AlreadyStored, Rejected
from functions.law.states import State as RecordState
from functions.office.act import Act, State
from functions.office.aws import BY_KIND, BY_STATE, ActTable, StateTable
from functions.office.settle import Acts, States
from tests.custody import MemoryRecordStates, MemoryWaiting
from tests.office import MemoryActs, MemoryStates, Office

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = datetime(2026, 11, 22, 9, 30, 0, 125_000, tzinfo=UTC)
RACERS = 8
FROZEN, ERASED, RESTRICTED, ACTIVE = (
    RecordState.SECRET_FROZEN,
    RecordState.ERASED,
    RecordState.RESTRICTED,
    RecordState.ACTIVE,
)


@dataclass
class Engine:
    """Fresh tables, or memory."""

    dynamodb: "DynamoDBClient | None"
    suffix: str

    def make(self, name: str, key: str, kind: str, sort: str | None = None) -> str:
        assert self.dynamodb is not None
        keys = [(key, kind, "HASH"), *([(sort, "S", "RANGE")] if sort else [])]
        index = [("state", "S", "HASH"), ("kind", "S", "HASH"), ("at", "S", "RANGE")] if name == "acts" else []
        self.dynamodb.create_table(
            TableName=f"{name}-{self.suffix}",
            AttributeDefinitions=[{"AttributeName": one, "AttributeType": of} for one, of, _ in (*keys, *index)],  # type: ignore[typeddict-item]
            KeySchema=[{"AttributeName": one, "KeyType": role} for one, _, role in keys],  # type: ignore[typeddict-item]
            BillingMode="PAY_PER_REQUEST",
            **(self._indexes() if index else {}),  # type: ignore[arg-type]
        )
        return f"{name}-{self.suffix}"

    def _indexes(self) -> dict[str, object]:
        included = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["kind", "open_until", "recorded"]}
        described = ((BY_STATE, "state", included), (BY_KIND, "kind", {"ProjectionType": "KEYS_ONLY"}))
        indexes = [
            {
                "IndexName": name,
                "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
                "Projection": projection,
            }
            for name, key, projection in described
        ]
        return {"GlobalSecondaryIndexes": indexes}


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def engine(request: pytest.FixtureRequest, token: bytes) -> Engine:
    names = {"moto": "moto_dynamodb", "dynamodb-local": "local_dynamodb"}
    if request.param == "fake":
        return Engine(None, "")
    return Engine(request.getfixturevalue(names[request.param]), token.hex())


@pytest.fixture
def acts(engine: Engine) -> Acts:
    return MemoryActs() if engine.dynamodb is None else ActTable(engine.dynamodb, engine.make("acts", "act", "S"))


@pytest.fixture
def states(engine: Engine) -> States:
    if engine.dynamodb is None:
        return MemoryStates()
    return StateTable(engine.dynamodb, engine.make("states", "record", "B"))


@pytest.fixture
def custody_states(engine: Engine) -> CustodyStates:
    if engine.dynamodb is None:
        return MemoryRecordStates(Office())
    return CustodyStateTable(engine.dynamodb, engine.make("states", "record", "B"))


def make_act(number: int = 1, **changed: object) -> Act:
    act = Act(
        act_id=f"01932e4b-7c00-7000-8000-00000000000{number}",
        kind="unrestrict",
        state=State.PROPOSED,
        turn=0,
        recorded=False,
        proposer=b"proposer's token",
        digest=b"d" * 32,
        at=NOW,
        open_until=NOW + timedelta(hours=1),
        sealed=b"sealed",
    )
    return replace(act, **changed)  # type: ignore[arg-type]


def test_the_first_act_under_an_id_stands_and_comes_back_as_it_was(acts: Acts) -> None:
    first = make_act(decider=b"decider's token.", record=b"r" * 24, ordered=b"o" * 32)

    assert acts.put_new(first) == first
    assert acts.put_new(make_act(sealed=b"another")) == first
    assert acts.get(first.act_id) == first


def test_an_act_that_nobody_proposed_is_not_there(acts: Acts) -> None:
    assert acts.get("01932e4b-7c00-7000-8000-000000000009") is None


def test_an_act_moves_one_turn_at_a_time(acts: Acts) -> None:
    first = acts.put_new(make_act())
    second = replace(first, turn=1, recorded=True)
    acts.replace(second)

    with pytest.raises(AlreadyStored):
        acts.replace(replace(first, turn=1, state=State.REFUSED))
    with pytest.raises(AlreadyStored):
        acts.replace(replace(first, turn=3))
    assert acts.get(first.act_id) == second


@pytest.mark.parametrize("engine", ["fake", "dynamodb-local"], indirect=True)  # moto is not atomic between threads
def test_of_many_who_move_an_act_at_once_one_does(acts: Acts) -> None:
    first = acts.put_new(make_act())

    def move(number: int) -> bool:
        try:
            acts.replace(replace(first, turn=1, sealed=bytes([number])))
        except AlreadyStored:
            return False
        return True

    with ThreadPoolExecutor(RACERS) as pool:
        moved = list(pool.map(move, range(RACERS)))

    assert moved.count(True) == 1


def test_acts_are_listed_by_state_newest_first_and_no_more_than_asked_for(acts: Acts) -> None:
    for number in range(1, 4):
        acts.put_new(make_act(number, at=NOW + timedelta(minutes=number)))
    acts.put_new(make_act(4, state=State.DONE, recorded=True))

    assert acts.by_state(State.PROPOSED, most=9) == [
        make_act(number, at=NOW + timedelta(minutes=number)).line for number in (3, 2, 1)
    ]
    assert len(acts.by_state(State.PROPOSED, most=2)) == 2
    assert acts.by_state(State.DONE, most=9) == [make_act(4, state=State.DONE, recorded=True).line]


def test_acts_of_a_kind_are_listed_since_a_moment_whatever_their_state_newest_first(acts: Acts) -> None:
    for number in range(1, 6):
        made = make_act(number, at=NOW + timedelta(minutes=number), state=State.DONE if number % 2 else State.PROPOSED)
        acts.put_new(made)
    acts.put_new(make_act(6, kind="restrict", at=NOW + timedelta(hours=1)))

    found = acts.by_kind("unrestrict", since=NOW + timedelta(minutes=2))
    assert found == [make_act(number).act_id for number in (5, 4, 3, 2)]
    assert acts.by_kind("hold.place", since=NOW) == []


def test_many_acts_of_one_kind_hide_none_of_another(acts: Acts) -> None:
    for number in range(30):
        acts.put_new(make_act(act_id=f"many-{number}", at=NOW + timedelta(seconds=number)))
    acts.put_new(make_act(kind="incident.open", at=NOW))

    assert acts.by_kind("incident.open", since=NOW) == [make_act().act_id]


def stands(states: States, record: bytes) -> str | None:
    """What the table says."""
    if isinstance(states, MemoryStates):
        found = states.items.get(record)
        return found[0].value if found else None
    assert isinstance(states, StateTable)
    found_state = CustodyStateTable(states._dynamodb, states._table).of(record.hex())  # noqa: SLF001 - the same table
    return found_state.value if found_state else None


def test_the_latest_act_about_a_record_stands(states: States) -> None:
    record = b"r" * 24
    states.put(record, RESTRICTED, act_id="a1", at=NOW)
    states.put(record, ACTIVE, act_id="a2", at=NOW + timedelta(seconds=1))
    states.put(record, RESTRICTED, act_id="a1", at=NOW)

    assert stands(states, record) == "active"
    assert stands(states, b"s" * 24) is None


@pytest.mark.parametrize("last", [FROZEN, ERASED])
def test_the_office_undoes_no_freezing_and_no_erasing(engine: Engine, last: RecordState) -> None:
    record, states = b"r" * 24, MemoryStates()
    if engine.dynamodb is None:
        states.items[record] = (last, NOW, "a1")
        with pytest.raises(Rejected, match=last.value):
            states.put(record, ACTIVE, act_id="a2", at=NOW + timedelta(days=1))
        return
    name = engine.make("states", "record", "B")
    CustodyStateTable(engine.dynamodb, name).put(record.hex(), last, act_id="a1", at=NOW)
    with pytest.raises(Rejected, match=last.value):
        StateTable(engine.dynamodb, name).put(record, ACTIVE, act_id="a2", at=NOW + timedelta(days=1))


def test_the_custodian_freezes_and_erases_and_what_is_erased_stays_so(custody_states: CustodyStates) -> None:
    record = "ab" * 24
    assert custody_states.of(record) is None

    for state in (RESTRICTED, FROZEN, ERASED, FROZEN):
        custody_states.put(record, state, act_id="a1", at=NOW)

    assert custody_states.of(record) is ERASED


def test_suspects_wait_under_their_token_until_they_are_removed(engine: Engine) -> None:
    waiting: WaitingList
    if engine.dynamodb is None:
        waiting = MemoryWaiting(records=["ab" * 24, "cd" * 24])
    else:
        table = engine.make("held", "token", "B", "record")
        for record, token in (("ab", b"t"), ("cd", b"t"), ("ef", b"u")):
            item = {"token": {"B": token}, "record": {"S": record * 24}}
            engine.dynamodb.put_item(TableName=table, Item=item)  # type: ignore[arg-type]
        waiting = HeldTable(engine.dynamodb, table, b"t")

    assert list(waiting.suspects(most=9)) == ["ab" * 24, "cd" * 24]
    assert list(waiting.suspects(most=1)) == ["ab" * 24]
    waiting.remove("ab" * 24)
    waiting.remove("ab" * 24)
    assert list(waiting.suspects(most=9)) == ["cd" * 24]
