"""What answering costs in calls to AWS, and what is answered when AWS, the endpoint or the size is not there."""

from typing import Any

import boto3
import pytest
from botocore.session import Session

from tests.aws import Stage, forget
from tests.callbacks import APP, ENDPOINTS, TEXT, archived, captures, envelope, posted, run, wechat
from tests.conftest import configure
from tests.make import make_callback
from tests.wecom import encrypt, plain_query, secure_query


@pytest.fixture
def opened(stage: Stage) -> Stage:
    configure(stage, ENDPOINTS)
    return stage


def test_a_url_check_asks_for_the_endpoints_alone_and_a_callback_for_no_more_than_it_needs(opened: Stage) -> None:
    asked: list[str] = []
    boto3.setup_default_session(botocore_session=watched(asked))
    try:
        forget()
        request = posted(TEXT, door="wechat", endpoint="oa").request
        checked = make_callback(b"", plain_query(echostr="42"), endpoint="oa", method="GET", door="wechat")
        steps = {
            "cold check": checked,
            "warm check": checked,
            "first callback": request,
            "second callback": posted(TEXT + b" ", door="wechat", endpoint="oa").request,
            "again": request,
            "forged": wechat(request.body, secure_query("AAAA")),
        }
        seen = {}
        for name, one in steps.items():
            asked.clear()
            opened.post(one)
            seen[name] = list(asked)
    finally:
        boto3.DEFAULT_SESSION = None
        forget()

    assert seen == {
        "cold check": ["GetSecretValue"],
        "warm check": [],
        "first callback": ["GetSecretValue", "PutItem", "GenerateDataKey", "SendMessage", "UpdateItem"],
        "second callback": ["PutItem", "SendMessage", "UpdateItem"],
        "again": ["PutItem"],
        "forged": [],
    }


def watched(asked: list[str]) -> Session:
    """A session that writes down every operation it is asked for."""
    session = Session()

    def note(**call: Any) -> None:
        asked.append(call["model"].name)

    session.register("before-call", note)
    return session


def test_unknown_endpoints_answer_as_known_ones_do_to_a_wrong_signature(opened: Stage) -> None:
    encrypted = encrypt(TEXT, receive_id=APP)
    query = secure_query(encrypted, token="guessed")
    answers: list[dict[str, Any]] = [
        opened.post(wechat(envelope(encrypted, "xml"), query, endpoint=endpoint)) for endpoint in ("oa", "nobody")
    ]
    checks = [
        opened.post(wechat(b"", plain_query(token="guessed", echostr="1"), endpoint=endpoint, method="GET"))
        for endpoint in ("oa", "nobody")
    ]

    assert answers[0] == answers[1]
    assert checks[0] == checks[1]
    assert (answers[0]["statusCode"], checks[0]["statusCode"]) == (403, 403)


def test_a_body_larger_than_a_mebibyte_is_refused_unread(opened: Stage) -> None:
    for door in ("wecom", "wechat"):
        request = make_callback(b"<" * (2**20 + 1), secure_query("x"), endpoint="oa", door=door)

        assert opened.post(request)["statusCode"] == 413


@pytest.mark.parametrize(("door", "endpoint"), [("wecom", "wecom"), ("wechat", "oa")])
def test_when_the_queue_is_away_the_platform_is_told_to_come_back(
    opened: Stage, monkeypatch: pytest.MonkeyPatch, door: str, endpoint: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1")  # where nobody listens
    forget()
    request = posted(TEXT, door=door, endpoint=endpoint).request

    refused = opened.post(request)
    monkeypatch.delenv("AWS_ENDPOINT_URL_SQS")
    forget()

    assert (refused["statusCode"], refused["headers"]["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert opened.post(request)["body"] == "success"
    run(opened)
    assert captures(archived(opened, f"{door}/{endpoint}")) == [TEXT]
