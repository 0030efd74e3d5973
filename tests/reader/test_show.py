"""What a person sees of a record: everything that matters, and nothing that steers the terminal."""

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, strategies as st

from reader.errors import Unproven
from reader.show import Answer, describe, describe_receipt, visible

RECORD = "ab" * 24


def answer(capture: bytes = b'{"data":"hello"}', **envelope: Any) -> dict[str, Any]:
    """What GET /records/{record_id} says of one record."""
    about = {
        "archive": "trial",
        "conversation": "room-1",
        "decisions": [
            {"about": "classify", "rule": "identifiers", "version": "1", "result": {}},
            {
                "about": "retention",
                "rule": "cn.sec.137",
                "version": "1",
                "result": {
                    "retain_until": "2046-11-22",
                    "erasable": False,
                    "reasons": [{"rule": "cn.sec.137", "until": "2046-11-22"}],
                },
            },
        ],
        "door": "gateway",
        "endpoint": "gateway-one",
        "event_id": "m-1",
        "event_type": "cn.wechat.message",
        "findings": [{"end": 18, "field": 0, "kind": "resident_id", "rule": "cn.resident_id@1", "start": 0}],
        "flags": ["has_findings"],
        "kind": "message",
        "participants": ["account-1", "account-2"],
        "received_at": "2026-11-22T09:30:01.250Z",
        "record_id": RECORD,
        "sent_at": "2026-11-22T09:30:00.000Z",
        "sent_at_source": "event",
        "source": "//gateway-one.example/wechat",
    }
    return {
        "record_id": RECORD,
        "capture": {
            "media_type": "application/json",
            "base64": b64encode(capture).decode(),
            "sha256": sha256(capture).hexdigest(),
        },
        "envelope": about | envelope,
        "location": {
            "bucket": "vault",
            "key": "segments/general/2026/11/22/0193",
            "version_id": "v-1",
            "segment_id": "0193",
            "ordinal": 3,
            "offset": 812,
            "length": 401,
        },
        "lock": {"mode": "COMPLIANCE", "retain_until": "2046-11-22T00:00:00.000Z", "legal_hold": False},
        "copies": 1,
        "links": {"recalls": [], "recalled_by": [], "complete": True},
    }


def page(capture: bytes = b"{}", **envelope: Any) -> str:
    return describe(Answer(answer(capture, **envelope)))


def test_a_time_beyond_beijings_calendar_stands_as_it_is() -> None:
    assert "9999-12-31T23:59:59.000Z\n" in page(sent_at="9999-12-31T23:59:59.000Z")


def test_the_page_says_when_what_where_how_long_and_by_which_rule() -> None:
    text = page(b'{"data":"hello"}')

    for expected in (
        f"record {RECORD}",
        "2026-11-22T09:30:00.000Z  (2026-11-22 17:30:00 Beijing)",
        "message, has_findings",
        "gateway gateway-one //gateway-one.example/wechat m-1",
        "account-1, account-2",
        "room-1",
        "s3://vault/segments/general/2026/11/22/0193",
        "version v-1, record 3 at byte 812, 401 bytes",
        "COMPLIANCE until 2046-11-22T00:00:00.000Z",
        "  classify    identifiers version 1\n",
        '  retention   cn.sec.137 version 1: retain_until "2046-11-22", erasable false\n',
        '                {"rule": "cn.sec.137", "until": "2046-11-22"}\n',
        "text 0, characters 0 to 18, by cn.resident_id@1",
        '  "data": "hello"',
        sha256(b'{"data":"hello"}').hexdigest(),
    ):
        assert expected in text


def test_each_file_is_shown_with_where_it_is_and_what_the_scan_said_of_it() -> None:
    usual = {"sha256": None, "md5": None, "since": None, "mismatch_at": None, "verdict": None}
    at = "2026-11-22T09:30:00.000Z"
    media = [
        usual | {"sha256": "aa", "status": "sealed", "verdict": "infected"},
        usual | {"md5": "bb", "status": "sealed"},
        usual | {"sha256": "cc", "status": "inline", "verdict": "unscannable"},
        usual | {"status": "missing"},
        usual | {"md5": "dd", "status": "missing", "since": at, "mismatch_at": at},
        usual | {"sha256": "ee", "status": "erased", "since": at},
    ]

    text = describe(Answer(answer() | {"media": media}))

    for expected in (
        "aa is sealed; the scan says infected\n",
        "bb is sealed; the scan says unscanned\n",
        "cc lies inside the capture; the scan says unscannable\n",
        "without a digest is missing\n",
        "ee is erased since 2026-11-22T09:30:00.000Z  (2026-11-22 17:30:00 Beijing)\n",
        "dd is missing since 2026-11-22T09:30:00.000Z  (2026-11-22 17:30:00 Beijing); an upload at 2026-",
    ):
        assert expected in text


def test_what_takes_a_record_back_and_what_it_takes_back_is_shown() -> None:
    told = answer() | {"links": {"recalls": ["cd" * 24], "recalled_by": ["ef" * 24], "complete": False}}

    text = describe(Answer(told))

    assert f"  takes back  record {'cd' * 24}\n  taken back  by record {'ef' * 24}\n" in text
    assert "there may be more that could not be opened" in text


def test_a_record_that_says_little_is_shown_all_the_same() -> None:
    text = page(
        participants=[], conversation=None, findings=[], flags=[], sent_at_source="delivery", event_id="", source=""
    )

    assert "none named" in text
    assert "no conversation named" in text
    assert "by the delivery" in text
    assert "came by     gateway gateway-one\n" in text


@pytest.mark.parametrize(
    ("capture", "shown"),
    [
        (b"<xml>\r\n<MsgId>1</MsgId>\n</xml>", "<xml>\n<MsgId>1</MsgId>\n</xml>"),
        ("你好".encode(), "你好"),
        (b"\xff\x00", "not text"),
        (b"[" * 100_000, "[" * 100_000),
    ],
)
def test_a_capture_that_is_not_json_is_shown_as_it_stands(capture: bytes, shown: str) -> None:
    assert page(capture).endswith(shown)


def test_a_capture_that_is_not_what_its_hash_says_is_refused() -> None:
    told = answer(b"hello")
    told["capture"]["base64"] = b64encode(b"hullo").decode()

    with pytest.raises(Unproven, match="SHA-256"):
        describe(Answer(told))


def test_escape_sequences_in_a_capture_do_not_reach_the_terminal() -> None:
    text = page(json.dumps({"data": "\x1b[2J\x9b31m\u202egnp.exe\ud800\u2028"}).encode())

    assert "\\u001b[2J" in text
    assert "\\u009b31m\\u202egnp.exe\\ud800\\u2028" in text


def test_a_name_cannot_add_a_line_of_its_own() -> None:
    text = page(participants=["account-1\n  locked      no"])

    assert "account-1\\u000a  locked" in text


@given(st.text())
def test_what_is_printed_is_one_line_of_harmless_characters(text: str) -> None:
    shown = visible(text)

    assert shown.splitlines() in ([], [shown])
    shown.encode()


def test_a_receipt_lists_every_record_of_the_event() -> None:
    told = {
        "gateway": "gateway-one",
        "id": "m-1",
        "status": "archived",
        "records": [
            {"record_id": RECORD, "sent_at": "2026-11-22T16:00:00.000Z", "received_at": "2026-11-22T16:00:01.000Z"}
        ],
    }

    assert describe_receipt(told).splitlines() == [
        "archived: event m-1 of gateway gateway-one",
        f"  record {RECORD}",
        "    sent      2026-11-22T16:00:00.000Z  (2026-11-23 00:00:00 Beijing)",
        "    received  2026-11-22T16:00:01.000Z  (2026-11-23 00:00:01 Beijing)",
    ]
