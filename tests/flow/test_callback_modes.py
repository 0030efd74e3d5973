"""Which mode was agreed decides what is believed; a body in clear where encryption was agreed is an incident."""

import json

import pytest

from functions.web import Request
from tests.aws import Stage
from tests.callbacks import (
    APP,
    ENDPOINTS,
    TEXT,
    archived,
    captures,
    envelope,
    nothing_is_kept,
    posted,
    run,
    wechat,
)
from tests.conftest import configure
from tests.wecom import CANARY_TOKEN, encrypt, plain_query, secure_query

CLEAR = b"<xml><FromUserName>o-9</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>"
PLAIN = f"""
[[wechat]]
id = "plain"
kind = "oa"
mode = "plain"
tokens = ["{CANARY_TOKEN}"]
receive_ids = ["{APP}"]
accept_unauthenticated = true
"""


@pytest.fixture
def opened(stage: Stage) -> Stage:
    configure(stage, ENDPOINTS + PLAIN)
    return stage


def counted(printed: str) -> list[str]:
    """Names of the metrics that were printed."""
    lines = [json.loads(line) for line in printed.splitlines() if '"_aws"' in line]
    return [one["Name"] for line in lines for one in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]]


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (CLEAR, plain_query()),
        (CLEAR, plain_query(encrypt_type="raw")),
        (CLEAR, {**secure_query("AAAA"), "encrypt_type": "raw"}),
        (CLEAR, secure_query("AAAA")),
        (b'{"MsgType": "text", "Content": "x"}', secure_query("AAAA")),
        (envelope(encrypt(TEXT, receive_id=APP), "xml"), plain_query(encrypt_type="aes")),
    ],
    ids=[
        "no encrypt_type",
        "raw",
        "raw though signed",
        "nothing encrypted",
        "nothing encrypted, JSON",
        "no msg_signature",
    ],
)
def test_a_body_in_clear_where_encryption_was_agreed_is_refused_and_alarms(
    opened: Stage, capsys: pytest.CaptureFixture[str], body: bytes, query: dict[str, str]
) -> None:
    answers = [opened.post(wechat(body, query, endpoint=kind)) for kind in ("oa", "mp", "component")]

    assert [one["statusCode"] for one in answers] == [403, 403, 403]
    assert counted(capsys.readouterr().out).count("CallbacksDowngraded") == 3
    assert nothing_is_kept(opened)


@pytest.mark.parametrize(
    "query", [plain_query(token="guessed"), {}, {"signature": "x"}], ids=["wrong", "none", "nothing else"]
)
def test_a_stranger_who_does_not_know_the_token_cannot_ring_the_alarm(
    opened: Stage, capsys: pytest.CaptureFixture[str], query: dict[str, str]
) -> None:
    answers = [opened.post(wechat(CLEAR, query, endpoint=endpoint)) for endpoint in ("oa", "nobody")]

    assert [one["statusCode"] for one in answers] == [403, 403]
    assert answers[0]["body"] == answers[1]["body"]
    assert "CallbacksDowngraded" not in counted(capsys.readouterr().out)
    assert nothing_is_kept(opened)


def test_in_compatibility_mode_only_what_is_encrypted_counts(opened: Stage) -> None:
    encrypted = encrypt(TEXT, receive_id=APP)
    lie = b"<xml><Content>never said</Content><Encrypt>" + encrypted.encode() + b"</Encrypt></xml>"

    answer = opened.post(wechat(lie, secure_query(encrypted)))
    run(opened)

    (record,) = archived(opened, "wechat/oa")
    assert answer["body"] == "success"
    assert captures([record]) == [TEXT]
    assert record["envelope"]["participants"] == ["o-1", "gh_1"]


def test_the_plain_signature_never_stands_in_for_the_one_over_the_body(opened: Stage) -> None:
    query = secure_query(encrypt(TEXT, receive_id=APP))
    other = encrypt(b"<xml>forged</xml>", receive_id=APP)

    answer = opened.post(wechat(envelope(other, "xml"), query))

    assert (answer["statusCode"], answer["body"][:6]) == (403, "-40001")
    assert nothing_is_kept(opened)


def test_where_plain_mode_was_agreed_a_body_is_kept_as_unauthenticated(opened: Stage) -> None:
    bodies = [TEXT, b'{"MsgType": "event", "CreateTime": 1795339790}', b"neither"]

    answers = [opened.post(wechat(body, plain_query(), endpoint="plain")) for body in (*bodies, bodies[0])]
    run(opened)

    records = archived(opened, "wechat/plain")
    assert [one["body"] for one in answers] == ["success"] * 4
    assert captures(records) == sorted(bodies)
    assert all("unauthenticated" in one["envelope"]["flags"] for one in records)


def test_where_plain_mode_was_agreed_a_wrong_signature_is_still_refused(opened: Stage) -> None:
    answer = opened.post(wechat(TEXT, plain_query(token="guessed"), endpoint="plain"))

    assert answer["statusCode"] == 403
    assert nothing_is_kept(opened)


def test_an_account_that_begins_to_encrypt_is_noticed_where_plain_mode_was_agreed(opened: Stage) -> None:
    encrypted = encrypt(TEXT, receive_id=APP)
    body = envelope(encrypted, "xml")

    assert opened.post(wechat(body, secure_query(encrypted), endpoint="plain"))["body"] == "success"
    run(opened)

    (record,) = archived(opened, "wechat/plain")
    assert captures([record]) == [body]
    assert {"unauthenticated", "unparsed"} <= set(record["envelope"]["flags"])


def test_a_component_may_name_the_account_in_its_path_and_posts_xml_alone(opened: Stage) -> None:
    sent = posted(TEXT, door="wechat", endpoint="component").request
    named = Request(
        method="POST",
        resource="/wechat/{endpoint}/{appid}",
        path={**sent.path, "appid": "wxauthorised"},
        headers={},
        query=sent.query,
        body=sent.body,
    )
    json_form = posted(TEXT, door="wechat", endpoint="component", form="json").request

    assert opened.post(named)["body"] == "success"
    assert opened.post(json_form)["statusCode"] == 400
    run(opened)
    (record,) = archived(opened, "wechat/component")
    assert record["envelope"]["evidence"]["appid"] == "wxauthorised"
    assert record["envelope"]["source"] == APP
