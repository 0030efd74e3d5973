"""What every handler does alike."""

import json
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    ReadTimeoutError,
)
from hypothesis import given, strategies as st

from functions.errors import TryLater
from functions.runtime import BUSY, Message, aws_errors, count, error_code, messages, unsettled

URL = "https://s3.cn-north-1.amazonaws.com.cn/"


def client_error(code: str, message: str = "planted") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "PutObject")


@pytest.mark.parametrize("code", sorted(BUSY))
def test_what_passes_by_itself_is_tried_later(code: str) -> None:
    with pytest.raises(TryLater, match=f"^S3 answers {code}$"), aws_errors("S3"):
        raise client_error(code)


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=URL),
        ConnectTimeoutError(endpoint_url=URL),
        ReadTimeoutError(endpoint_url=URL),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_cannot_be_reached_is_tried_later(error: Exception) -> None:
    with pytest.raises(TryLater, match=r"^S3 cannot be reached$"), aws_errors("S3"):
        raise error


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchKey", "PreconditionFailed", "InvalidCiphertextException", ""])
def test_what_does_not_pass_by_itself_is_let_through_as_it_is(code: str) -> None:
    error = client_error(code)

    with pytest.raises(ClientError) as raised, aws_errors("S3"):
        raise error
    assert raised.value is error


@pytest.mark.parametrize("error", [NoCredentialsError(), KeyError("x"), TryLater("x"), ZeroDivisionError()])
def test_a_bug_is_let_through_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, aws_errors("S3"):
        raise error
    assert raised.value is error


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_of_any_name_is_tried_later(status: int) -> None:
    error = ClientError({"Error": {"Code": "New"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")  # type: ignore[typeddict-item]  # what matters of it

    with pytest.raises(TryLater, match=r"^S3 answers New$"), aws_errors("S3"):
        raise error


def test_a_busy_kms_behind_another_service_is_tried_later() -> None:
    with pytest.raises(TryLater), aws_errors("S3"):
        raise client_error("KMS.ThrottlingException")


def test_what_goes_well_goes_well() -> None:
    with aws_errors("S3"):
        done = True

    assert done


def test_a_reason_to_try_later_says_nothing_of_what_aws_said() -> None:  # G4
    with pytest.raises(TryLater) as raised, aws_errors("KMS"):
        raise client_error("ThrottlingException", "planted")

    assert "planted" not in str(raised.value)


def test_an_error_without_a_code_has_an_empty_one() -> None:
    assert error_code(ClientError({}, "PutObject")) == ""
    assert error_code(client_error("SlowDown")) == "SlowDown"


@given(st.lists(st.tuples(st.text(), st.text())))
def test_every_message_of_an_event_is_read(pairs: list[tuple[str, str]]) -> None:
    event: dict[str, Any] = {"Records": [{"messageId": name, "body": body, "more": 1} for name, body in pairs]}

    assert messages(event) == [Message(name, body) for name, body in pairs]


@given(st.sets(st.text()))
def test_exactly_what_is_unsettled_stays_on_the_queue(ids: set[str]) -> None:
    answer = unsettled(iter(ids))

    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == sorted(ids)


def test_a_messages_body_does_not_show_when_it_is_printed() -> None:  # G4
    assert "planted" not in repr(Message("m1", "planted"))


def test_a_metric_is_one_line_of_json_with_what_is_not_zero(capsys: pytest.CaptureFixture[str]) -> None:
    count("test", CapturesArchived=3, CapturesUnparsed=0)

    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert found["CapturesArchived"] == [3.0]
    assert "CapturesUnparsed" not in found
    (metric,) = found["_aws"]["CloudWatchMetrics"]
    assert (metric["Namespace"], found["service"]) == ("Fengcun", "test")


def test_nothing_to_count_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    count("test", CapturesArchived=0)

    assert capsys.readouterr().out == ""
