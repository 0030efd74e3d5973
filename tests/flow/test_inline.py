"""A file inside a capture, from the gateway to its reader, through the real handlers, on moto."""

import base64
import io
import json
from contextlib import redirect_stdout
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.aws import Stage, client, listening
from tests.flow.test_openapi import errors, schema_of
from tests.make import make_event, make_post
from tests.media import sha256_hex
from tests.media_files import EICAR, nest, png, zipped

RECORD = "/records/{record_id}"
ACT = "01939c5e-7f2a-7000-8000-000000000001"
PICTURE = png(3, 2)


def archived(stage: Stage, *files: bytes, name: str = "d-1") -> str:
    """The record id of one capture with these inside."""
    media = [{"sha256": sha256_hex(one), "data_base64": base64.b64encode(one).decode()} for one in files]
    event = make_event(id=name)
    event["data"]["content"] = {"type": "file", "media": media}
    answer = stage.post(make_post(json.dumps([event]).encode(), at=datetime.now(UTC), webhook_id=name))
    stage.run()
    record_id: str = json.loads(answer["body"])["results"][0]["receipt"]["record_id"]
    return record_id


def approve(record_id: str, *, until: str = "2099-01-01T00:00:00.000Z") -> None:
    item: Any = {
        "act": {"S": ACT},
        "kind": {"S": "override"},
        "state": {"S": "done"},
        "record": {"B": bytes.fromhex(record_id)},
        "open_until": {"S": until},
    }
    client("dynamodb").put_item(TableName="acts", Item=item)


def unclean(stage: Stage) -> list[str]:
    day = datetime.now(UTC).date().isoformat()
    event_day = make_event()["time"][:10]
    found = [stage.get("/exceptions/{flag}", {"flag": "unclean"}, day=one)["records"] for one in {day, event_day}]
    return [one["record_id"] for records in found for one in records]


def test_a_picture_inside_a_capture_is_scanned_and_given_out_with_its_record(stage: Stage) -> None:
    record_id = archived(stage, PICTURE)

    told = stage.record(record_id)

    (file,), (shown,) = told["envelope"]["media"], told["media"]
    assert (file["verdict"], file["rule_ids"], file["reasons"], len(file["rules_version"])) == ("clean", [], [], 16)
    assert (shown["status"], shown["verdict"]) == ("inline", "clean")
    assert "unclean" not in told["envelope"]["flags"]
    assert unclean(stage) == []


def test_a_record_with_an_infected_file_is_kept_listed_and_withheld_without_an_open_override(stage: Stage) -> None:
    with redirect_stdout(io.StringIO()) as out:
        record_id = archived(stage, PICTURE, EICAR)
    assert "MediaInfected" in out.getvalue()
    name = {"record_id": record_id}

    refused = stage.get_raw(RECORD, name)
    unknown = stage.get(RECORD, name, override=ACT)
    approve(record_id, until="2020-01-01T00:00:00.000Z")
    late = stage.get(RECORD, name, override=ACT)
    approve("ab" * 24)
    another = stage.get(RECORD, name, override=ACT)

    answer = json.loads(refused["body"])
    assert (answer["type"], answer["detail"]) == ("urn:fengcun:problem:malware", "the scan says infected: FC-0001")
    assert "capture" not in answer
    assert [one["status"] for one in (answer, unknown, late, another)] == [403] * 4
    assert errors(schema_of(RECORD, "get", refused), answer) == []
    assert unclean(stage) == [record_id], "an exception of its day"


@pytest.mark.parametrize("asked", [{"override": ACT}, {"use": "statutory", "act": ACT}])
def test_an_approved_override_opens_it_and_is_logged_with_the_read(stage: Stage, asked: dict[str, str]) -> None:
    record_id = archived(stage, EICAR)
    approve(record_id)

    with listening() as lines:
        read = stage.get_raw(RECORD, {"record_id": record_id}, **asked)

    told = json.loads(read["body"])
    (file,) = told["envelope"]["media"]
    capture = json.loads(base64.b64decode(told["capture"]["base64"]))
    assert base64.b64decode(capture["data"]["content"]["media"][0]["data_base64"]) == EICAR
    assert (file["verdict"], told["media"][0]["verdict"]) == ("infected", "infected")
    assert ACT in "".join(lines)
    assert errors(schema_of(RECORD, "get", read), told) == []


def test_what_nobody_can_look_into_is_withheld_as_well_and_takes_nothing_else_along(stage: Stage) -> None:
    deep, other = archived(stage, nest(8)), archived(stage, zipped(("a.txt", b"text")), name="d-2")

    assert stage.record(deep)["detail"] == "the scan says unscannable: too deep"
    assert stage.record(other)["media"][0]["verdict"] == "clean"
