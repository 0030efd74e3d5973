"""Holds and events through the real handler, on moto."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.archive import handler as archive
from functions.disposition import handler as disposition
from functions.disposition.orders import read_order
from tests.aws import Context, Stage, client, forget
from tests.flow.test_media import announce, put_as_permitted
from tests.laws import under
from tests.make import make_event, make_post
from tests.media import sha256_hex

FILE, KEPT = b"a file that a record names", ("vault", "keyrings")
ORDER = {"format": "fengcun.order.1", "act": "hold-1", "kind": "hold.place", "approved_at": "2026-11-26T12:00:00.000Z"}


@pytest.fixture
def record_id(stage: Stage) -> str:
    answer = stage.post(make_post(json.dumps([make_event()]).encode(), at=datetime.now(UTC)))
    stage.run()
    return str(json.loads(answer["body"])["results"][0]["receipt"]["record_id"])


def token(kind: str, value: str) -> str:
    return disposition.intake().index_key.token(kind, value).hex()


def carry_out(*bodies: str) -> list[dict[str, str]]:
    records = [{"messageId": f"m{at}", "body": body} for at, body in enumerate(bodies)]
    left: list[dict[str, str]] = disposition.handle({"Records": records}, Context())["batchItemFailures"]
    return left


def order(**changed: Any) -> str:
    """Approved by two, as the office keeps it."""
    about = {} if "hold" in changed else {"custodians": [token("participant", "account-1")]}
    sent = json.dumps(ORDER | about | changed)
    read = read_order(sent)
    item: dict[str, Any] = {"act": {"S": read.act}, "kind": {"S": read.kind}, "state": {"S": "ordered"}}
    item |= {"proposer": {"B": b"a"}, "decider": {"B": b"b"}, "recorded": {"BOOL": True}}
    client("dynamodb").put_item(TableName="acts", Item=item | {"ordered": {"B": read.digest}})
    return sent


def sent_to_itself(stage: Stage) -> list[str]:
    """Without waiting for as long as the room asked."""
    queue = client("sqs").get_queue_attributes(
        QueueUrl=stage.env["DISPOSITION_QUEUE_URL"], AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )
    return [queue["Attributes"]["ApproximateNumberOfMessagesDelayed"]]


def hold_of(stage: Stage, record_id: str) -> str:
    return str(stage.record(record_id)["lock"]["legal_hold"])


def test_a_hold_that_was_ordered_is_on_what_a_reader_sees(stage: Stage, record_id: str) -> None:
    assert hold_of(stage, record_id) == "OFF"

    assert carry_out(order()) == []
    assert hold_of(stage, record_id) == "ON"
    assert sent_to_itself(stage) == ["1"]
    assert carry_out(order(kind="hold.release", act="release-1", hold="hold-1")) == []
    assert hold_of(stage, record_id) == "ON"
    assert carry_out(order(kind="hold.release", act="release-1", hold="hold-1", again=True)) == []
    assert hold_of(stage, record_id) == "OFF"
    over = {"hold": {"S": "hold-1"}, "released": {"S": "release-1"}}
    assert client("dynamodb").scan(TableName="holds")["Items"] == [over]


def test_an_order_that_comes_again_after_the_release_is_counted_and_holds_nothing(
    stage: Stage, record_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    placed = order()
    released = {"kind": "hold.release", "act": "release-1", "hold": "hold-1"}
    carry_out(placed, order(**released))
    carry_out(order(**released, again=True))
    assert "HoldsUnlisted" not in capsys.readouterr().out

    assert carry_out(placed) == []
    assert "HoldsUnlisted" in capsys.readouterr().out
    assert hold_of(stage, record_id) == "OFF"


@pytest.mark.parametrize("changed", [{"hold": "hold-2"}, {"custodians": []}], ids=str)
def test_an_order_that_says_otherwise_than_the_office_wrote_stays_on_the_queue(
    stage: Stage, record_id: str, changed: dict[str, Any]
) -> None:  # G14
    approved = json.loads(order())

    assert carry_out(json.dumps(approved | changed)) == [{"itemIdentifier": "m0"}]
    assert hold_of(stage, record_id) == "OFF"


def holds_of_media() -> set[str]:
    """What S3 says of every file and of every keyring that is no segment's."""
    s3 = client("s3")
    keys = {bucket: [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]] for bucket in KEPT}
    segments = {key.rpartition("/")[2] for key in keys["vault"] if key.startswith("segments/")}
    files = [("vault", key) for key in keys["vault"] if key.startswith("media/")]
    files += [("keyrings", key) for key in keys["keyrings"] if key.rpartition("/")[2] not in segments]
    assert len(files) == 2
    return {s3.head_object(Bucket=one, Key=key).get("ObjectLockLegalHoldStatus", "OFF") for one, key in files}


def test_a_file_that_is_uploaded_after_the_hold_is_held_until_the_last_hold_is_released(stage: Stage) -> None:
    event = make_event()
    event["data"]["content"] = {"type": "image", "media": [{"sha256": sha256_hex(FILE)}]}
    stage.post(make_post(json.dumps([event]).encode(), at=datetime.now(UTC)))
    stage.run()
    assert carry_out(order(), order(act="hold-2")) == []

    put_as_permitted(announce(stage, FILE)["upload"], FILE)
    stage.seal_media()
    assert holds_of_media() == {"ON"}
    for again in (False, True):
        assert carry_out(order(kind="hold.release", act="release-1", hold="hold-1", again=again)) == []
    assert holds_of_media() == {"ON"}
    for again in (False, True):
        assert carry_out(order(kind="hold.release", act="release-2", hold="hold-2", again=again)) == []
    assert holds_of_media() == {"OFF"}


def test_an_event_extends_the_lock_that_a_reader_sees(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "deployed", lambda: under("cn.aml.34"))
    forget()
    answer = stage.post(make_post(json.dumps([make_event()]).encode(), at=datetime.now(UTC)))
    stage.run()
    record_id = json.loads(answer["body"])["results"][0]["receipt"]["record_id"]

    event = {"kind": "retention.event", "event": "relationship_ended", "at": "2031-05-05T00:00:00.000Z"}
    assert carry_out(order(act="event-1", **event)) == []
    assert stage.record(record_id)["lock"]["retain_until"] == "2041-06-01T00:00:00.000Z"


def test_what_is_no_order_of_this_room_stays_on_the_queue(stage: Stage) -> None:
    assert stage.env["ARCHIVE_ID"]
    assert carry_out("no JSON", order(kind="erasure.request")) == [{"itemIdentifier": "m0"}, {"itemIdentifier": "m1"}]
