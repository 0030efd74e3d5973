"""Requests as API Gateway hands them over, and answers as it takes them back."""

import base64
import json
from typing import Any

import pytest

from functions.errors import Fault
from functions.web import json_answer, problem, read_request, text_answer
from tests.make import make_callback, proxy


def event(**changed: Any) -> dict[str, Any]:
    return proxy(make_callback(b"<xml/>", {"nonce": "a+b"}, endpoint="app")) | changed


def test_a_body_comes_byte_for_byte_as_text_or_in_base64() -> None:
    body = "你好\r\n".encode()

    plain = read_request(event(body=body.decode()))
    encoded = read_request(event(body=base64.b64encode(body).decode(), isBase64Encoded=True))

    assert plain.body == encoded.body == body


def test_a_body_that_claims_to_be_base64_and_is_not_is_taken_as_it_is() -> None:
    assert read_request(event(body="not base64!", isBase64Encoded=True)).body == b"not base64!"


def test_absent_maps_are_empty() -> None:
    request = read_request({"httpMethod": "GET", "resource": "/captures", "body": None})

    assert (request.path, request.headers, request.query, request.body) == ({}, {}, {}, b"")
    assert request.caller is None


def test_header_names_are_lowercase_and_every_value_stays() -> None:
    request = read_request(event(multiValueHeaders={"Webhook-Id": ["a"], "webhook-id": ["b"]}))

    assert request.headers == {"webhook-id": ("a", "b")}


@pytest.mark.parametrize(
    ("sent", "read"), [("a%2Fb%20c", "a/b c"), ("%E4%BF%A1", "信"), ("a+b", "a+b"), ("50%25", "50%")]
)
def test_path_parameters_are_decoded_once(sent: str, read: str) -> None:
    assert read_request(event(pathParameters={"endpoint": sent})).path == {"endpoint": read}


def test_the_caller_is_who_signed_for_iam() -> None:
    identity = {"identity": {"userArn": "arn:aws-cn:iam::111122223333:user/officer"}}

    assert read_request(event(requestContext=identity)).caller == "arn:aws-cn:iam::111122223333:user/officer"


def test_a_problem_names_type_title_status_detail_and_every_fault() -> None:
    answer = problem(422, name="event", title="T", detail="D", faults=(Fault(pointer="/id", detail="mend"),))

    assert answer.media_type == "application/problem+json"
    assert json.loads(answer.body) == {
        "type": "urn:fengcun:problem:event",
        "title": "T",
        "status": 422,
        "detail": "D",
        "errors": [{"pointer": "/id", "detail": "mend"}],
    }


def test_no_answer_may_be_cached_or_sniffed() -> None:
    for answer in (json_answer(200, {}), text_answer(200, "success"), problem(400, name="n", title="t", detail="d")):
        headers = answer.to_proxy()["headers"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
