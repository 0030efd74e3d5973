"""Locks that are extended, holds that are put and lifted, the list of holds: fake, moto and independent engines."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from functions.archive.aws import S3Lockbox
from functions.disposition.aws import ActTable, HoldTable, S3Objects
from functions.disposition.orders import Order
from functions.disposition.world import HoldList, Objects
from functions.erasure.world import Acts
from functions.errors import Tampered
from functions.law.holds import Hold
from functions.law.locks import Lock
from tests.disposing import MemoryObjects
from tests.engines.resources import KMS_KEY, locked_bucket, table
from tests.erasing import MemoryActs, MemoryHolds
from tests.fakes import MemoryBucket

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

SOON, LATER = datetime(2046, 12, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)
Both = tuple[Objects, S3Lockbox | MemoryBucket]


@pytest.fixture(params=["fake", "moto", "seaweedfs"])
def both(request: pytest.FixtureRequest) -> Both:
    """One bucket as the disposition room sees it, and as the archive room writes it."""
    if request.param == "fake":
        bucket = MemoryBucket("vault")
        return MemoryObjects(bucket), bucket
    if request.param == "moto":
        s3 = request.getfixturevalue("moto_s3")
        name = locked_bucket(s3, "vault")
    else:
        s3, name = request.getfixturevalue("seaweed_s3"), request.getfixturevalue("seaweed_vault")
    return S3Objects(s3, name), S3Lockbox(s3, name, KMS_KEY)


@pytest.mark.parametrize("mode", ["COMPLIANCE", "GOVERNANCE"])
@pytest.mark.parametrize("named", [True, False], ids=["by version", "newest"])
def test_a_lock_is_extended_and_told_as_s3_has_it(both: Both, key: str, mode: str, named: bool) -> None:  # noqa: FBT001
    objects, archive = both
    version = archive.put_once(key, b"one", lock=Lock(mode, SOON))
    meant = version if named else None

    assert objects.lock(key, meant) == Lock(mode, SOON)
    objects.extend(key, meant, Lock(mode, LATER))
    assert objects.lock(key, version) == Lock(mode, LATER)


def test_a_hold_is_put_and_lifted_as_often_as_one_likes(both: Both, key: str) -> None:
    objects, archive = both
    version = archive.put_once(key, b"one", lock=Lock("GOVERNANCE", SOON))

    for on in (True, True, False, False):
        objects.hold(key, version, on=on)
    assert objects.lock(key, version) == Lock("GOVERNANCE", SOON)


@pytest.fixture
def s3(session: boto3.Session) -> "S3Client":
    return session.client("s3")


@pytest.fixture
def answers(s3: "S3Client") -> Iterator[Stubber]:
    """What S3 will say, in order."""
    with Stubber(s3) as stubber:
        yield stubber


@pytest.mark.parametrize("code", ["NoSuchKey", "NoSuchVersion"])
def test_what_the_index_promises_and_s3_lacks_is_tampering(s3: "S3Client", answers: Stubber, code: str) -> None:
    answers.add_client_error("put_object_legal_hold", code)

    with pytest.raises(Tampered, match="not there"):
        S3Objects(s3, "vault").hold("k", "v", on=True)


def test_an_object_without_a_lock_has_none(s3: "S3Client", answers: Stubber) -> None:
    answers.add_client_error("get_object_retention", "NoSuchObjectLockConfiguration")

    assert S3Objects(s3, "vault").lock("k", None) is None


def test_an_error_that_nobody_knows_is_let_through(s3: "S3Client", answers: Stubber) -> None:
    answers.add_client_error("get_object_retention", "AccessDenied")

    with pytest.raises(ClientError, match="AccessDenied"):
        S3Objects(s3, "vault").lock("k", None)


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def holds(request: pytest.FixtureRequest, token: bytes) -> HoldList:
    if request.param == "fake":
        return MemoryHolds()
    engine = {"moto": "moto_dynamodb", "dynamodb-local": "local_dynamodb"}[request.param]
    dynamodb: DynamoDBClient = request.getfixturevalue(engine)
    return HoldTable(dynamodb, table(dynamodb, f"holds-{token.hex()}", {"hold": "S"}))


ROOM = Hold(
    id="hold-1",
    matter="0a" * 16,
    custodians=frozenset(),
    conversations=frozenset({b"r" * 16, b"q" * 16}),
    sent_from=None,
    sent_until=None,
    placed_by_act="hold-1",
)
PERSON = Hold(
    id="hold-2",
    matter="0b" * 16,
    custodians=frozenset({b"a" * 16}),
    conversations=frozenset(),
    sent_from=SOON,
    sent_until=LATER,
    placed_by_act="hold-2",
)


def test_a_hold_on_the_list_is_read_back_whole(holds: HoldList) -> None:
    assert list(holds.load()) == []
    for hold in (ROOM, PERSON, ROOM):
        assert holds.put(hold)

    assert sorted(holds.load(), key=lambda hold: hold.id) == [ROOM, PERSON]


@pytest.mark.parametrize("hold", [ROOM, PERSON], ids=["open", "bound"])
def test_a_hold_that_is_released_stands_no_more_and_is_known_until_its_walk_is_over(
    holds: HoldList, hold: Hold
) -> None:
    holds.put(hold)
    assert holds.released(hold.id, by="release-1") is None

    for _ in range(2):
        assert holds.release(hold.id, by="release-1")
    assert list(holds.load()) == []
    assert not holds.put(hold)
    assert holds.released(hold.id, by="release-1") == hold
    for _ in range(2):
        holds.close(hold.id)
    assert holds.released(hold.id, by="release-1") is None
    assert not holds.release(hold.id, by="release-1")
    assert not holds.put(hold)
    assert list(holds.load()) == []


def test_what_never_stood_or_another_act_has_released_is_not_released(holds: HoldList) -> None:
    assert not holds.release(ROOM.id, by="release-1")
    assert holds.released(ROOM.id, by="release-1") is None
    holds.put(ROOM)
    holds.release(ROOM.id, by="release-1")

    assert not holds.release(ROOM.id, by="release-2")
    assert holds.released(ROOM.id, by="release-2") is None
    assert holds.released(ROOM.id, by="release-1") == ROOM


@pytest.mark.parametrize("holds", ["moto", "dynamodb-local"], indirect=True)
def test_what_is_over_keeps_no_token_of_anybody(holds: HoldTable) -> None:  # G4
    holds.put(PERSON)
    holds.release(PERSON.id, by="release-1")
    holds.close(PERSON.id)

    assert list(holds._items()) == [{"hold": {"S": "hold-2"}, "released": {"S": "release-1"}}]  # noqa: SLF001 - the item


RECORD, ACT = b"r" * 24, "01932e4b-7c00-7000-8000-000000000001"
ORDER = Order(act=ACT, kind="erasure.request", approved_at=SOON, record=RECORD, ground="unlawful")


@pytest.fixture(params=["moto", "dynamodb-local"])
def dynamodb(request: pytest.FixtureRequest) -> "DynamoDBClient":
    client: DynamoDBClient = request.getfixturevalue(
        {"moto": "moto_dynamodb", "dynamodb-local": "local_dynamodb"}[request.param]
    )
    return client


@pytest.mark.parametrize(
    ("changed", "approved"),
    [
        ({}, True),
        ({"state": {"S": "approved"}}, True),
        ({"state": {"S": "proposed"}}, False),
        ({"state": {"S": "refused"}}, False),
        ({"kind": {"S": "restrict"}}, False),
        ({"record": {"B": b"x" * 24}}, False),
        ({"decider": {"B": b"p"}}, False),
        ({"decider": ...}, False),
        ({"record": ...}, False),
        ({"recorded": {"BOOL": False}}, False),
        ({"ordered": {"B": b"x" * 32}}, False),
        ({"ordered": ...}, False),
        ({"state": {"S": "failed"}}, True),
    ],
)
def test_an_act_counts_when_two_people_have_approved_this_erasure(
    dynamodb: "DynamoDBClient",
    token: bytes,
    changed: dict[str, Any],
    approved: bool,  # noqa: FBT001
) -> None:
    name = table(dynamodb, f"acts-{token.hex()}", {"act": "S"})
    item: dict[str, Any] = {
        "act": {"S": ACT},
        "kind": {"S": "erasure.request"},
        "state": {"S": "ordered"},
        "record": {"B": RECORD},
    }
    item |= {"recorded": {"BOOL": True}, "ordered": {"B": ORDER.digest}}
    item |= {"proposer": {"B": b"p"}, "decider": {"B": b"d"}} | changed
    dynamodb.put_item(TableName=name, Item={key: value for key, value in item.items() if value is not ...})

    acts = ActTable(dynamodb, name)
    assert acts.approved(ORDER, people=2) is approved
    assert not acts.approved(replace(ORDER, act=ACT.replace("1", "2")), people=2)
    assert not acts.approved(replace(ORDER, ground="wish"), people=2)


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def ordered(request: pytest.FixtureRequest, token: bytes) -> Acts:
    """One act whose order is on its way."""
    if request.param == "fake":
        return MemoryActs()
    engine = {"moto": "moto_dynamodb", "dynamodb-local": "local_dynamodb"}[request.param]
    dynamodb: DynamoDBClient = request.getfixturevalue(engine)
    name = table(dynamodb, f"acts-{token.hex()}", {"act": "S"})
    item: dict[str, Any] = {"act": {"S": ACT}, "state": {"S": "ordered"}, "turn": {"N": "4"}, "ordered": {"B": b"o"}}
    dynamodb.put_item(TableName=name, Item=item)
    return ActTable(dynamodb, name)


@pytest.mark.parametrize("failed", [False, True])
def test_an_act_ends_once_and_as_it_ended_first(ordered: Acts, *, failed: bool) -> None:
    assert not ordered.ended(ACT)

    ordered.end(ACT, failed=failed)
    ordered.end(ACT, failed=not failed)
    assert ordered.ended(ACT)


@pytest.mark.parametrize("ordered", ["moto", "dynamodb-local"], indirect=True)
def test_an_end_changes_the_state_and_the_turn_and_nothing_else(ordered: ActTable) -> None:
    for failed in (True, False):
        ordered.end(ACT, failed=failed)

    said = {"act": {"S": ACT}, "state": {"S": "failed"}, "turn": {"N": "5"}, "ordered": {"B": b"o"}}
    assert ordered._item(ACT) == said  # noqa: SLF001 - the item
