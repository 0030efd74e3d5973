"""The configuration: one file for people, one secret for the function."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from functions.capture.tokens import IndexKey
from functions.errors import Rejected
from functions.intake.endpoints import SECRET_TEXT_BYTES, Endpoints, decode_secret
from tests.functions.intake.files import CONTACT, CUSTODIAN, EXCLUDED, GATEWAY, KEY, WECOM, WHOLE, read
from tests.make import OTHER_SECRET, SECRET

PUBLIC = "whpk_" + base64.b64encode(bytes(range(32))).decode()


def test_what_a_file_says_is_what_the_function_reads() -> None:
    endpoints = Endpoints.from_secret(read(WHOLE).endpoints_secret())

    assert endpoints.gateways == {"one": (SECRET,)}
    credentials = endpoints.wecom["app"]
    assert (credentials.tokens, credentials.receive_ids) == (("Token1",), frozenset({"ww1"}))
    assert credentials.keys == (base64.b64decode(KEY + "="),)


def test_a_file_that_says_nothing_lets_nobody_in() -> None:
    assert Endpoints.from_secret(read("").endpoints_secret()) == Endpoints({}, {}, {})
    assert json.loads(read("").endpoints_secret()) == {"gateways": {}, "wecom": {}, "wechat": {}}


def test_the_file_that_is_shipped_is_a_good_one() -> None:
    file = Path(__file__).parents[3] / "local" / "archive.toml"

    assert read(file.read_text(encoding="utf-8")).gateway


def test_current_and_previous_secrets_keep_their_order() -> None:
    configuration = read(GATEWAY.replace(f'"{SECRET}"', f'"{SECRET}", "{OTHER_SECRET}", "{PUBLIC}"'))

    assert configuration.gateway[0].secrets == (SECRET, OTHER_SECRET, PUBLIC)


def test_an_empty_receiveid_is_one_when_it_stands_there() -> None:
    assert read(WECOM.replace('["ww1"]', '["", "ww1"]')).wecom[0].credentials().receive_ids == {"", "ww1"}


def test_a_custodian_is_stored_under_a_keyed_name_only() -> None:  # G4
    text = (
        CUSTODIAN
        + "valid_until = 2027-01-01T08:00:00+08:00\n"
        + CUSTODIAN.replace('"a"', '"b"').replace('regimes = ["cn.sec.137"]\n', "")
    )

    items = read(text).custodian_items(b"key")

    token = IndexKey(b"key").token
    assert items == [
        {
            "token": token("participant", "a"),
            "valid_from": "2026-01-01T00:00:00.000Z",
            "valid_until": "2027-01-01T00:00:00.000Z",
            "regimes": {"cn.sec.137"},
        },
        {"token": token("participant", "b"), "valid_from": "2026-01-01T00:00:00.000Z"},
    ]


def test_jurisdictions_and_device_go_with_the_custodian() -> None:
    [item] = read(CUSTODIAN + 'jurisdictions = ["CN", "HK"]\ndevice = "byod"\n').custodian_items(b"key")

    assert (item["jurisdictions"], item["device"]) == ({"CN", "HK"}, "byod")


def test_contacts_and_exclusions_are_stored_under_keyed_names_only() -> None:  # G4
    items = read(CONTACT + EXCLUDED + '[[excluded]]\nconversation = "room"\n').custodian_items(b"key")

    token = IndexKey(b"key").token
    assert [(item["token"], item["role"]) for item in items] == [
        (token("participant", "b"), "contact"),
        (token("participant", "no"), "excluded"),
        (token("conversation", "room"), "excluded"),
    ]
    assert {item["valid_from"] for item in items} == {"0001-01-01T00:00:00.000Z"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-01-01T08:00:00+08:00", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01 00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ('"2026-01-01T00:00:00Z"', datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_when_a_custodian_begins_may_be_written_in_any_time_zone(written: str, expected: datetime) -> None:
    assert read(CUSTODIAN.replace("2026-01-01T00:00:00Z", written)).custodian[0].valid_from == expected


def test_more_endpoints_than_one_secret_holds_are_refused() -> None:
    many = "".join(
        f'[[wecom]]\nid = "a{at}"\nkind = "app"\ntokens = ["t"]\nkeys = ["{KEY}"]\nreceive_ids = ["ww1"]\n'
        for at in range(600)
    )

    with pytest.raises(Rejected, match=f"one secret holds {SECRET_TEXT_BYTES}"):
        read(many).endpoints_secret()


@pytest.mark.parametrize("size", [24, 32, 64])
def test_a_webhook_secret_of_24_to_64_bytes_is_one(size: int) -> None:
    assert decode_secret("whsec_" + base64.b64encode(bytes(size)).decode()) == bytes(size)


@pytest.mark.parametrize(
    "text",
    ["", "whsec", "whsec_", "whsec_%", "whsk_" + "A" * 44, SECRET[6:], "WHSEC_" + SECRET[6:], SECRET + " "]
    + ["whsec_" + base64.b64encode(bytes(size)).decode() for size in (0, 23, 65)]
    + ["whpk_" + base64.b64encode(bytes(size)).decode() for size in (0, 31, 33)],
)
def test_what_is_no_webhook_secret_or_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode_secret(text)


@pytest.mark.parametrize(
    "document",
    [
        {"gateways": {"one": {"secrets": ["planted"]}}, "wecom": {}},
        {"gateways": {"One": {"secrets": [SECRET]}}, "wecom": {}},
        {"gateways": {}, "wecom": {"app": {"kind": "app"}}},
        {"gateways": {}, "wecom": {"app": {"kind": "app", "tokens": ["planted!"], "keys": [], "receive_ids": []}}},
    ],
)
def test_a_secret_that_says_something_else_is_not_used_and_not_quoted(document: Any) -> None:  # G4
    with pytest.raises(ValidationError) as refused:
        Endpoints.from_secret(json.dumps(document))

    assert "planted" not in str(refused.value)


def test_nothing_secret_shows_when_it_is_printed() -> None:  # G4
    configuration = read(WHOLE)

    shown = repr(configuration) + repr(Endpoints.from_secret(configuration.endpoints_secret()))
    for secret in (SECRET, "Token1", KEY):
        assert secret not in shown
