"""From deliveries through the real handlers, on moto, to what a person sees on the screen."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from functions.capture.days import begin, last_due
from functions.capture.tokens import IndexKey
from functions.completeness import handler as completeness
from reader.completeness import Answer, Incomplete, describe, verdict, verify
from tests.aws import Stage, client, forget, listening
from tests.make import GATEWAY, body_of, make_event, make_post

KEY = IndexKey(b"an index secret for tests")


def deliver(stage: Stage, *numbers: int) -> None:
    """Of the day that is due, with a number each."""
    noon = begin(last_due(datetime.now(UTC))) + timedelta(hours=12)
    events = [
        make_event(id=f"m-{one}", time=noon.isoformat(), sequence=str(one), sequencetype="Integer") for one in numbers
    ]
    name = "-".join(map(str, numbers))
    assert stage.post(make_post(body_of(*events), webhook_id=name, at=datetime.now(UTC)))["statusCode"] == 202
    stage.run()


def add_custodian(account: str) -> None:
    item = {"token": {"B": KEY.token("participant", account)}, "valid_from": {"S": "2026-01-01T00:00:00.000Z"}}
    client("dynamodb").put_item(TableName="custodians", Item=item)


def public_key(stage: Stage) -> bytes:
    return bytes(client("kms").get_public_key(KeyId=stage.env["REPORT_KEY_ARN"])["PublicKey"])


def test_a_gap_left_on_purpose_stands_in_a_signed_report_and_on_the_screen(stage: Stage) -> None:
    add_custodian("account-1")
    add_custodian("account-silent")
    deliver(stage, 1, 2, 4)

    with listening() as lines:
        assert completeness.handle({}, None) == {"signed": 1, "current": True}
    stage.run()
    told = stage.get("/reports/completeness", {}, days="30")

    answer = Answer(told, {KEY.token("participant", "account-silent").hex(): "account-silent"})
    verify(answer, public_key=public_key(stage))
    with pytest.raises(Incomplete, match=r"\(gaps in numbers .*: 1\), \(silent custodians: 1\)"):
        verdict(answer)
    page = describe(answer)
    assert f"gateway/{GATEWAY}" in page
    assert "✗" in page
    assert "    3, due between" in page
    assert "account-silent, last seen never" in page
    assert max(map(len, page.split("\n"))) <= 80
    assert "account-silent" not in "".join(lines)
    assert "account-silent" not in json.dumps(told)


def test_a_second_turn_delivers_nothing_twice(stage: Stage) -> None:
    deliver(stage, 1)
    completeness.handle({}, None)
    stage.run()

    assert completeness.handle({}, None) == {"signed": 0, "current": True}
    assert stage.pump() == []
    assert len(stage.get("/reports/completeness", {})["reports"]) == 1


def test_a_person_asks_for_a_day_that_was_missed(stage: Stage) -> None:
    day = last_due(datetime.now(UTC)) - timedelta(days=10)

    assert completeness.handle({"report": day.isoformat()}, None)["signed"] == 1
    stage.run()

    (report,) = stage.get("/reports/completeness", {})["reports"]
    assert report["day"] == str(day)


@pytest.mark.parametrize("days", ["0", "93", "month", "9" * 5000, ""])
def test_days_that_are_none_are_refused_with_a_pointer(stage: Stage, days: str) -> None:
    answer = stage.get("/reports/completeness", {}, days=days)

    assert (answer["status"], answer["errors"][0]["pointer"]) == (400, "days")


def test_where_there_is_a_pull_room_its_cursor_is_looked_at(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORP_ID", "ww1")
    forget()

    assert completeness.handle({}, None)["signed"] == 1
    assert completeness.world().corps == {"pull/ww1": "ww1"}


def test_a_report_that_was_changed_in_the_vault_is_not_given_out(stage: Stage) -> None:
    completeness.handle({}, None)
    stage.run()
    (notice,) = stage.notices()
    key = notice["detail"]["object"]["key"]
    body = bytearray(client("s3").get_object(Bucket="vault", Key=key)["Body"].read())
    index = client("dynamodb").scan(TableName="postings")["Items"]
    body[len(body) // 2] ^= 1
    version = client("s3").put_object(Bucket="vault", Key=key, Body=bytes(body))["VersionId"]
    for item in index:
        client("dynamodb").put_item(TableName="postings", Item={**item, "version": {"S": version}})

    answer = stage.get("/reports/completeness", {})

    assert (answer["status"], answer["type"]) == (500, "urn:fengcun:problem:tampered")
