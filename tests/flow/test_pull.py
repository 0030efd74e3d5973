"""From the firm's executable to the reader, through the real handlers, on moto."""

import io
import json
import time
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pydantic import ValidationError

from functions.capture.tokens import IndexKey, endpoint_name
from functions.pull import handler as pull
from functions.pull.cursor import Cursor
from tests.aws import Context, Stage, client, forget, listening
from tests.corp import CORP_ID, SECRET, Corp, message, pem

KEY = IndexKey(b"an index secret for tests")


class Firm:
    """A deployed archive with the pull room, and the firm's executable."""

    def __init__(self, stage: Stage, corp: Corp) -> None:
        self.stage, self.corp = stage, corp

    def configure(self) -> None:
        self.corp.install()
        text = self.corp.secret_json()
        client("secretsmanager").put_secret_value(SecretId="pull", SecretString=text)

    def pull(self) -> dict[str, int]:
        """One run; what it counted."""
        self.configure()
        return self.run()

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """As a person calls the function."""
        answer = pull.handle(order, LongContext())
        assert answer is not None
        return answer

    def run(self) -> dict[str, int]:
        out = io.StringIO()
        with redirect_stdout(out):
            pull.handle({}, LongContext())
        lines = [json.loads(line) for line in out.getvalue().splitlines() if "_aws" in line]
        return {
            metric["Name"]: int(line[metric["Name"]][0])
            for line in lines
            for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]
        }


class LongContext(Context):
    def get_remaining_time_in_millis(self) -> int:
        return 600_000


@pytest.fixture
def firm(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Firm:
    corp = Corp(tmp_path)
    arn = client("secretsmanager").create_secret(Name="pull", SecretString="{}")["ARN"]
    for name, value in {"PULL_SECRET_ARN": arn, "CORP_ID": CORP_ID, "SDK_EXECUTABLE": corp.install()}.items():
        monkeypatch.setenv(name, value)
    forget()
    return Firm(stage, corp)


def cursor_at(age: timedelta) -> None:
    cursor = Cursor(seq=0, succeeded_at=datetime.now(UTC) - age)
    pull.cursors().save(CORP_ID, cursor)


def test_what_was_pulled_is_read_like_any_other_record(firm: Firm) -> None:
    firm.corp.say(1)
    firm.corp.say(2, how="10008")

    counted = firm.pull()
    firm.stage.run()

    sent_at = datetime.fromisoformat("2025-11-22T08:26:40.001Z")
    posting = KEY.arrival(endpoint_name("pull", CORP_ID), sent_at)
    (item,) = client("dynamodb").query(
        TableName="postings",
        KeyConditionExpression="#token = :token",
        ExpressionAttributeNames={"#token": "token"},
        ExpressionAttributeValues={":token": {"B": posting}},
    )["Items"]
    digest = item["rows"]["B"][1 + 22 + 1 : 1 + 22 + 1 + 8]
    record = firm.stage.record((posting + digest).hex())
    assert counted == {"CapturesPulled": 2, "MessagesLeftSealed": 1, "PullsDone": 1}
    assert record["status"] == 200
    assert record["envelope"]["door"] == "pull"


def test_nothing_that_was_said_and_no_secret_is_logged(firm: Firm) -> None:  # G12
    firm.corp.say(1, plaintext=message(1, text={"content": "the merger closes on Friday"}))
    firm.corp.say(2, plaintext="the merger, but no JSON")

    with listening() as lines:
        firm.pull()

    told = "\n".join(lines)
    assert "pulled" in told
    for planted in ("merger", SECRET, "random key", pem(1)[100:140], "wmCLIENT"):
        assert planted not in told


@pytest.mark.parametrize(
    ("page", "counted"),
    [
        ("10009", {"PullsRefused": 1, "PullAgeMinutes": 180}),
        ("10010", {"PullsRefused": 1, "PullAgeMinutes": 180}),
        ("garbage", {"PullsFailed": 1, "PullAgeMinutes": 180}),
    ],
)
def test_a_run_that_fails_is_counted_with_the_cursors_age(
    firm: Firm, page: str, counted: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    cursor_at(timedelta(hours=3, seconds=1))
    firm.corp.page = page

    assert firm.pull() == counted


def test_before_the_first_answer_there_is_no_age(firm: Firm) -> None:
    firm.corp.page = "10009"

    assert firm.pull() == {"PullsRefused": 1}


def test_a_gap_is_counted(firm: Firm) -> None:
    cursor_at(timedelta(days=6))

    assert firm.pull() == {"PullGaps": 1, "PullsDone": 1}


def test_when_aws_is_busy_the_run_is_given_up_for_the_next_one(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    firm.configure()

    class Busy:
        def get_item(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "GetItem")

    monkeypatch.setattr(pull.cursors(), "_dynamodb", Busy())

    assert firm.run() == {"PullsFailed": 1}


def test_an_unexpected_refusal_of_the_table_is_a_bug(firm: Firm) -> None:
    client("dynamodb").delete_table(TableName="deliveries")

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        pull.cursors().save(CORP_ID, Cursor(seq=1, succeeded_at=datetime.now(UTC)))


def test_until_somebody_configures_the_secret_every_run_fails_loudly(firm: Firm) -> None:
    with pytest.raises(ValidationError, match="private_keys"):
        firm.run()


def test_sealed_messages_are_opened_through_the_handler_when_the_key_comes(firm: Firm) -> None:
    firm.corp.say(1, version=2)
    firm.pull()
    capture = json.dumps({"data": {"corpid": CORP_ID, **firm.corp.chat[0][0]}})
    order = {"unseal": [{"record_id": "ab" * 24, "capture": capture}]}

    before = firm.ask(order)
    firm.corp.versions = (1, 2)
    firm.configure()
    after = firm.ask(order)

    assert before == {"opened": [], "left": {"ab" * 24: "no key 2"}}
    assert after == {"opened": ["ab" * 24], "left": {}}


def test_an_order_to_open_that_is_none_is_refused(firm: Firm) -> None:
    assert "unseal.0.record_id" in firm.ask({"unseal": [{"record_id": "x", "capture": "y"}]})["refused"]
