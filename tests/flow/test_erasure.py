"""A record is erased by order of two people, through the real handler; then every way to open it again is tried."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.archive import handler as archive
from functions.archive.aws_media import MediaTable
from functions.disposition.orders import read_order
from functions.erasure import handler as erasure
from functions.errors import Tampered
from functions.media.sealed import read_header
from functions.segment import directory as directories, keyring as layout
from functions.segment.dictionary import shipped
from functions.segment.keyring import ERASED
from functions.segment.segment import check, read_record
from tests.aws import Context, Stage, client, deploy, forget
from tests.conftest import configure
from tests.flow.test_media import MEDIA, announce, put_as_permitted
from tests.laws import under
from tests.make import GATEWAY, SECRET, make_event, make_post
from tests.media import sha256_hex

FILE = b"a file that two records name, one after the other"
ACT = "01932e4b-7c00-7000-8000-000000000001"
RECORD = "/records/{record_id}"


@pytest.fixture
def stage(aws: None, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A deployment whose rules are foreign: what it keeps may be erased."""
    monkeypatch.setattr(archive, "deployed", lambda: under("us.sec.17a4.b4"))
    deployed = deploy(monkeypatch, REGIMES="us.sec.17a4.b4")
    configure(deployed, f'[[gateway]]\nid = "{GATEWAY}"\nsecrets = ["{SECRET}"]\n')
    return deployed


@pytest.fixture
def record_ids(stage: Stage) -> list[str]:
    events = [make_event(text, id=f"m-{at}") for at, text in enumerate("一二三")]
    answer = stage.post(make_post(json.dumps(events).encode(), at=datetime.now(UTC)))
    stage.run()
    return [one["receipt"]["record_id"] for one in json.loads(answer["body"])["results"]]


def approve(record_id: str, **changed: Any) -> str:
    """What the office keeps of the act, and the order that it sends."""
    order = {"format": "fengcun.order.1", "act": ACT, "kind": "erasure.request", "record": record_id}
    sent = json.dumps(order | {"ground": "consent_withdrawn", "approved_at": "2026-11-26T12:00:00.000Z"})
    item: dict[str, Any] = {"act": {"S": ACT}, "kind": {"S": "erasure.request"}, "state": {"S": "ordered"}}
    item |= {"record": {"B": bytes.fromhex(record_id)}, "proposer": {"B": b"a"}, "decider": {"B": b"b"}}
    item |= {"recorded": {"BOOL": True}, "turn": {"N": "3"}, "ordered": {"B": read_order(sent).digest}}
    client("dynamodb").put_item(TableName="acts", Item=item | changed)
    return sent


def carry_out(*orders: str) -> list[dict[str, str]]:
    records = [{"messageId": f"m{at}", "body": body} for at, body in enumerate(orders)]
    left: list[dict[str, str]] = erasure.handle({"Records": records}, Context())["batchItemFailures"]
    return left


def status(stage: Stage, record_id: str) -> int:
    return int(stage.get(RECORD, {"record_id": record_id})["status"])


def versions() -> Iterator[tuple[str, str]]:
    listed = client("s3").list_object_versions(Bucket="keyrings")
    yield from ((one["Key"], one["VersionId"]) for one in listed.get("Versions", []))
    yield from ((one["Key"], one["VersionId"]) for one in listed.get("DeleteMarkers", []))


def body_of(bucket: str, key: str, version_id: str) -> bytes:
    body: bytes = client("s3").get_object(Bucket=bucket, Key=key, VersionId=version_id)["Body"].read()
    return body


def restore(items: list[dict[str, Any]], table: str) -> None:
    for item in items:
        client("dynamodb").put_item(TableName=table, Item=item)


def test_nothing_opens_an_erased_record_any_more(stage: Stage, record_ids: list[str]) -> None:
    first, gone, last = record_ids
    tables = {name: client("dynamodb").scan(TableName=name)["Items"] for name in ("postings", "states", "deliveries")}
    before = list(versions())
    assert status(stage, gone) == 200

    assert carry_out(approve(gone)) == []
    assert status(stage, gone) == 410
    assert [status(stage, one) for one in (first, last)] == [200, 200]

    # (1) from tables that were restored to a moment before: the line that says erased is gone, the postings are back
    client("dynamodb").delete_item(TableName="states", Key={"record": {"B": bytes.fromhex(gone)}})
    for name, items in tables.items():
        restore(items, name)
    forget()
    assert status(stage, gone) == 410
    # (2) from the versions of the keyring that were there before
    for key, version_id in before:
        with pytest.raises(ClientError, match="NoSuchVersion"):
            body_of("keyrings", key, version_id)
    # (3) with every salt that is left, by whoever may unwrap the segment's key
    ((key, version_id),) = versions()
    salts = layout.read(body_of("keyrings", key, version_id))
    assert [salt == ERASED for salt in salts] == [False, True, False]
    assert opened_by(salts) == {0, 2}
    # (4) by running the order again, or by another index
    assert carry_out(approve(gone)) == []
    stage.index()
    assert status(stage, gone) == 410


def send_naming(stage: Stage, event_id: str) -> str:
    event = make_event(id=event_id)
    event["data"]["content"] = {"type": "image", "media": [{"sha256": sha256_hex(FILE)}]}
    answer = stage.post(make_post(json.dumps([event]).encode(), at=datetime.now(UTC), webhook_id=event_id))
    stage.run()
    return str(json.loads(answer["body"])["results"][0]["receipt"]["record_id"])


def salt_of(key: str) -> bytes:
    header = read_header(client("s3").get_object(Bucket="vault", Key=key)["Body"].read())
    ring = client("s3").get_object(Bucket="keyrings", Key=layout.key(header.keyring))["Body"].read()
    (salt,) = layout.read(ring)
    return salt


def test_a_file_that_was_erased_with_its_last_record_can_be_read_once_it_is_uploaded_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = send_naming(stage, "m-1")
    put_as_permitted(announce(stage, FILE)["upload"], FILE)
    stage.seal_media()
    name = {"sha256": sha256_hex(FILE)}
    assert carry_out(approve(gone)) == [{"itemIdentifier": "m0"}], "it was uploaded just now"
    monkeypatch.setattr(erasure, "now", lambda: datetime.now(UTC) + timedelta(hours=1))
    assert carry_out(approve(gone)) == []

    live = send_naming(stage, "m-2")
    (told,) = stage.record(live)["media"]
    assert (stage.get(MEDIA, name)["status"], told["status"]) == (410, "erased")
    assert told["since"] is not None
    found = list(MediaTable(client("dynamodb"), "media").missing_on(f"{datetime.now(UTC):%Y-%m-%d}"))
    assert len(found) == 1

    put_as_permitted(announce(stage, FILE)["upload"], FILE)
    stage.seal_media()
    read = stage.get(MEDIA, name)
    assert base64.b64decode(read["base64"]) == FILE
    assert read["location"]["key"] == f"media/{found[0].hex()}.1"
    assert [one["status"] for one in stage.record(live)["media"]] == ["sealed"]
    assert announce(stage, FILE) == {"status": "archived"}
    assert salt_of(f"media/{found[0].hex()}") == ERASED != salt_of(read["location"]["key"])


def opened_by(salts: list[bytes]) -> set[int]:
    """Which frames of the one segment any of the salts opens."""
    (notice,) = [
        one["detail"]["object"]
        for one in [
            {"detail": {"object": thing}} for thing in client("s3").list_object_versions(Bucket="vault")["Versions"]
        ]
        if one["detail"]["object"]["Key"].startswith("segments/")
    ]
    segment = body_of("vault", notice["Key"], notice["VersionId"])
    header, directory = check(segment)
    key = client("kms").decrypt(CiphertextBlob=header.wrapped_key, EncryptionContext=header.encryption_context)
    return {
        ordinal
        for ordinal, entry in enumerate(directory.entries)
        if any(opens(header, ordinal, segment, entry, key["Plaintext"], salt) for salt in salts)
    }


def opens(header: Any, ordinal: int, segment: bytes, entry: directories.Entry, key: bytes, salt: bytes) -> bool:
    frame = segment[entry.offset : entry.offset + entry.length]
    try:
        read_record(header, ordinal=ordinal, frame=frame, segment_key=key, salt=salt, dictionary=shipped())
    except Tampered:
        return False
    return True


def test_the_certificate_is_archived_like_any_other_record(stage: Stage, record_ids: list[str]) -> None:
    carry_out(approve(record_ids[0]))
    stage.run()
    vault = [one["key"] for notice in stage.notices() for one in [notice["detail"]["object"]]]

    assert len(vault) == 2
    assert (
        client("sqs").get_queue_attributes(QueueUrl=stage.queue, AttributeNames=["All"])["Attributes"][
            "ApproximateNumberOfMessages"
        ]
        == "0"
    )


def test_what_two_people_did_not_order_stays_on_the_queue(stage: Stage, record_ids: list[str]) -> None:
    order = approve(record_ids[0], decider={"B": b"a"})

    assert carry_out(order, "{}", "no JSON") == [{"itemIdentifier": f"m{at}"} for at in range(3)]
    assert status(stage, record_ids[0]) == 200


def test_a_record_under_a_prc_rule_is_restricted_and_its_order_is_done(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "deployed", lambda: under("cn.sec.137"))
    forget()
    answer = stage.post(make_post(json.dumps([make_event()]).encode(), at=datetime.now(UTC)))
    stage.run()
    record_id = json.loads(answer["body"])["results"][0]["receipt"]["record_id"]

    assert carry_out(approve(record_id)) == []
    assert status(stage, record_id) == 403
