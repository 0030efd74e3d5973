"""A media file from its announcement to its reader, through the real handlers, on moto."""

import base64
import hashlib
import io
import json
from contextlib import redirect_stdout
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.capture.tokens import IndexKey
from functions.media import handler as media
from functions.media.receive import PATIENT_ATTEMPTS
from functions.media.sealed import CHUNK_BYTES
from tests.aws import Stage, client, forget, listening
from tests.clamd import clamd
from tests.flow.test_openapi import errors, schema_of
from tests.make import make_announcement, make_event, make_post
from tests.media import make_file, sha256_hex
from tests.media_files import EICAR
from tests.msgaudit import archived, sample

FILE = b"\xff\xd8\xff" + make_file(CHUNK_BYTES + 100)
SHA256 = sha256_hex(FILE)
MEDIA = "/media/{sha256}"
ACT = "01939c5e-7f2a-7000-8000-000000000001"
KEY = IndexKey(b"an index secret for tests")


def announce(stage: Stage, body: bytes = FILE, **changed: Any) -> dict[str, Any]:
    answer = stage.post(make_announcement(body, at=datetime.now(UTC), **changed))
    document: dict[str, Any] = json.loads(answer["body"])
    return document


def put_as_permitted(upload: dict[str, Any], body: bytes) -> None:
    """What S3 keeps of such a put; that it refuses every other is tested on SeaweedFS (tests/contracts)."""
    said = {name.removeprefix("x-amz-meta-"): value for name, value in upload["headers"].items() if "meta" in name}
    key = upload["url"].partition("?")[0].partition(".cn/")[2]
    client("s3").put_object(Bucket="intake", Key=key, Body=body, Metadata=said)


def test_a_file_is_announced_uploaded_sealed_and_read_by_range(stage: Stage) -> None:
    put_as_permitted(announce(stage, media_type="image/png")["upload"], FILE)

    stage.seal_media()
    whole = stage.get(MEDIA, {"sha256": SHA256})
    part = stage.get(MEDIA, {"sha256": SHA256}, offset=str(CHUNK_BYTES - 3), length="7")

    assert base64.b64decode(whole["base64"]) == FILE
    assert base64.b64decode(part["base64"]) == FILE[CHUNK_BYTES - 3 :][:7]
    assert (whole["media_type"], whole["description"]["claimed_type"]) == ("image/jpeg", "image/png")
    head = client("s3").head_object(Bucket="vault", Key=whole["location"]["key"])
    assert head["ObjectLockMode"] == whole["lock"]["mode"] == "COMPLIANCE"
    assert "Versions" not in client("s3").list_object_versions(Bucket="intake")
    assert announce(stage) == {"status": "archived"}


def test_the_permit_binds_size_content_and_time_and_names_nobody(stage: Stage) -> None:
    md5 = hashlib.md5(FILE, usedforsecurity=False).hexdigest()
    upload = announce(stage, md5=md5, media_type="image/jpeg")["upload"]
    query = dict(pair.split("=") for pair in upload["url"].partition("?")[2].split("&"))

    assert set(query["X-Amz-SignedHeaders"].split("%3B")) == {"host", *upload["headers"]}
    assert upload["headers"]["content-length"] == str(len(FILE))
    assert upload["headers"]["x-amz-checksum-sha256"] == base64.b64encode(bytes.fromhex(SHA256)).decode()
    assert query["X-Amz-Expires"] == "900"
    assert SHA256 not in upload["url"]


def test_a_record_says_of_each_file_it_names_where_it_is(stage: Stage) -> None:
    inline = b"\x89PNG small"
    files = [
        {"sha256": SHA256},
        {"sha256": sha256_hex(inline), "data_base64": base64.b64encode(inline).decode()},
        {"sha256": "0" * 64, "data_base64": "bWlzbWF0Y2g="},
    ]
    event = make_event()
    event["data"]["content"] = {"type": "image", "media": files}
    body = json.dumps([event]).encode()
    answer = stage.post(make_post(body, at=datetime.now(UTC)))
    record_id = json.loads(answer["body"])["results"][0]["receipt"]["record_id"]
    stage.run()
    before = stage.record(record_id)
    put_as_permitted(announce(stage)["upload"], FILE)
    stage.seal_media()

    after = stage.record(record_id)

    assert [one["status"] for one in before["media"]] == ["missing", "inline", "missing"]
    assert [one["status"] for one in after["media"]] == ["sealed", "inline", "missing"]
    assert "media_missing" in after["envelope"]["flags"], "what was so when it was archived stays written"


def test_an_infected_file_is_refused_and_an_approved_act_of_override_is_logged_with_the_read(stage: Stage) -> None:
    put_as_permitted(announce(stage, EICAR)["upload"], EICAR)
    with redirect_stdout(io.StringIO()) as out:
        stage.seal_media()
    name = {"sha256": sha256_hex(EICAR)}
    assert "MediaInfected" in out.getvalue()

    refused = stage.get(MEDIA, name)
    unknown = stage.get(MEDIA, name, override=ACT)
    client("dynamodb").put_item(
        TableName="acts",
        Item={
            "act": {"S": ACT},
            "kind": {"S": "override"},
            "state": {"S": "done"},
            "record": {"B": KEY.token("media", sha256_hex(EICAR))},
            "open_until": {"S": "2099-01-01T00:00:00.000Z"},
        },
    )
    with listening() as lines:
        read = stage.get_raw(MEDIA, name, override=ACT)

    assert [one["status"] for one in (refused, unknown)] == [403, 403]
    assert (refused["type"], refused["detail"]) == ("urn:fengcun:problem:malware", "the scan says infected: FC-0001")
    assert base64.b64decode(json.loads(read["body"])["base64"]) == EICAR
    assert ACT in "".join(lines)
    for answer in (stage.get_raw(MEDIA, name), read):
        assert errors(schema_of(MEDIA, "get", answer), json.loads(answer["body"])) == []


def test_a_file_waits_for_the_firms_clamd_a_few_times_and_is_then_sealed_unscanned(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_as_permitted(announce(stage)["upload"], FILE)
    (upload,) = client("s3").list_object_versions(Bucket="intake")["Versions"]
    thing = {"key": upload["Key"], "version-id": upload["VersionId"]}
    body = json.dumps({"detail": {"object": thing}})

    def tell(attempt: int) -> dict[str, Any]:
        told = {"messageId": "1", "body": body, "attributes": {"ApproximateReceiveCount": str(attempt)}}
        return media.handle({"Records": [told]}, None)

    with clamd(answer=None) as server:
        monkeypatch.setenv("CLAMD", f"127.0.0.1:{server.endpoint.port}")
        forget()
        early, late = tell(1), tell(PATIENT_ATTEMPTS + 1)

    assert early == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert late == {"batchItemFailures": []}
    assert stage.get(MEDIA, {"sha256": SHA256})["detail"] == "the scan says unscanned: clamd did not answer"


def test_a_record_that_knows_its_file_by_md5_alone_finds_it_and_keeps_it(stage: Stage) -> None:
    md5 = hashlib.md5(FILE, usedforsecurity=False).hexdigest()
    message = sample("image")
    message["image"]["md5sum"] = md5
    event = archived(message)
    answer = stage.post(make_post(json.dumps([event]).encode(), at=datetime.now(UTC)))
    record_id = json.loads(answer["body"])["results"][0]["receipt"]["record_id"]
    stage.run()
    before = stage.record(record_id)["media"]
    put_as_permitted(announce(stage)["upload"], FILE)
    stage.seal_media()

    after = stage.record(record_id)["media"]

    seen = [(one["status"], one["since"] is None) for one in (*before, *after)]
    assert seen == [("missing", False), ("sealed", True)]
    assert stage.get(MEDIA, {"sha256": md5})["sha256"] == SHA256


def test_a_mismatching_upload_is_settled_counted_and_not_sealed(stage: Stage) -> None:
    put_as_permitted(announce(stage)["upload"], b"something else")

    with redirect_stdout(io.StringIO()) as out:
        answer = stage.seal_media()

    assert answer == {"batchItemFailures": []}
    assert "MediaMismatching" in out.getvalue()
    assert stage.get(MEDIA, {"sha256": SHA256})["status"] == 404
    assert len(client("s3").list_object_versions(Bucket="intake")["Versions"]) == 1


def test_what_is_no_upload_is_ignored_and_what_is_not_there_is_kept_waiting(stage: Stage) -> None:
    client("s3").put_object(Bucket="intake", Key="deliveries/x", Body=b"x")

    assert stage.seal_media() == {"batchItemFailures": []}
    gone = {"key": "uploads/" + "0" * 32, "version-id": "11111111-1111-1111-1111-111111111111"}
    assert stage.tell_media([gone]) == {"batchItemFailures": [{"itemIdentifier": "0"}]}


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (SHA256, {}, 404),
        ("x", {}, 400),
        (SHA256, {"offset": "-1"}, 400),
        (SHA256, {"offset": "١"}, 400),
        (SHA256, {"length": "0"}, 400),
        (SHA256, {"length": str(2**22 + 1)}, 400),
    ],
)
def test_a_reader_is_told_what_is_wrong(stage: Stage, path: str, query: dict[str, str], status: int) -> None:
    assert stage.get(MEDIA, {"sha256": path}, **query)["status"] == status


def test_beyond_the_end_is_told_apart_from_nothing(stage: Stage) -> None:
    put_as_permitted(announce(stage)["upload"], FILE)
    stage.seal_media()

    answer = stage.get(MEDIA, {"sha256": SHA256}, offset=str(len(FILE)))

    assert (answer["status"], answer["detail"]) == (416, f"the file has {len(FILE)} bytes")


def test_no_log_tells_which_file_was_announced_sealed_or_read(stage: Stage) -> None:  # G4
    with listening() as lines:
        put_as_permitted(announce(stage)["upload"], FILE)
        stage.seal_media()
        stage.get(MEDIA, {"sha256": SHA256})

    assert lines
    assert SHA256 not in "".join(lines)


def test_every_answer_about_media_is_described(stage: Stage) -> None:
    asked = [stage.post(make_announcement(FILE, at=datetime.now(UTC), **changed)) for changed in ({}, {"md5": "?"})]
    put_as_permitted(json.loads(asked[0]["body"])["upload"], FILE)
    stage.seal_media()
    asked.append(stage.post(make_announcement(FILE, at=datetime.now(UTC))))
    read = [stage.get_raw(MEDIA, {"sha256": name}) for name in (SHA256, "0" * 64, "?")]
    read.append(stage.get_raw(MEDIA, {"sha256": SHA256}, offset=str(len(FILE))))

    assert [one["statusCode"] for one in [*asked, *read]] == [201, 422, 200, 200, 404, 400, 416]
    for path, method, answers in (("/media", "post", asked), (MEDIA, "get", read)):
        for answer in answers:
            assert errors(schema_of(path, method, answer), json.loads(answer["body"])) == []
