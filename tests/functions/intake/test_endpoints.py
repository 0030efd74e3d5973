"""The configuration: one file for people, one secret for the function, and no reason that quotes a secret."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from functions.capture.tokens import IndexKey
from functions.errors import Rejected
from functions.intake.endpoints import SECRET_TEXT_BYTES, Configuration, Endpoints, decode_secret
from tests.make import OTHER_SECRET, SECRET

KEY = "CanaryAesKey00000000000000000000000000000xY"
PUBLIC = "whpk_" + base64.b64encode(bytes(range(32))).decode()
GATEWAY = f'[[gateway]]\nid = "one"\nsecrets = ["{SECRET}"]\n'
WECOM = f"""
[[wecom]]
id = "app"
kind = "app"
mode = "secure"
tokens = ["Token1"]
keys = ["{KEY}"]
receive_ids = ["ww1"]
"""
CUSTODIAN = '[[custodian]]\naccount = "a"\nvalid_from = 2026-01-01T00:00:00Z\nregimes = ["cn.sec.137"]\n'
WHOLE = GATEWAY + WECOM + CUSTODIAN


def read(text: str) -> Configuration:
    return Configuration.from_toml(text, name="archive.toml")


def reasons(text: str) -> list[str]:
    with pytest.raises(Rejected) as refused:
        read(text)
    return str(refused.value).splitlines()


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


BAD = {
    "not TOML": ("[[gateway]", "archive.toml: Expected ']]'"),
    "an unknown table": (WHOLE + "[[gateways]]\n", "archive.toml: gateways: Extra inputs"),
    "an unknown key": (GATEWAY + "secret = 1\n", "archive.toml: gateway[0].secret: Extra inputs"),
    "a table where a list belongs": (GATEWAY.replace("[[gateway]]", "[gateway]"), "archive.toml: gateway: "),
    "an id in capitals": (GATEWAY.replace('"one"', '"One"'), "archive.toml: gateway[0].id: "),
    "an id with a slash": (GATEWAY.replace('"one"', '"o/ne"'), "archive.toml: gateway[0].id: "),
    "an id of 64 characters": (GATEWAY.replace('"one"', f'"{"o" * 64}"'), "archive.toml: gateway[0].id: "),
    "no id": (GATEWAY.replace('id = "one"\n', ""), "archive.toml: gateway[0].id: Field required"),
    "an id twice": (
        GATEWAY + GATEWAY.replace(SECRET, OTHER_SECRET),
        "archive.toml: the file: gateway id 'one' stands twice",
    ),
    "a secret twice": (
        GATEWAY + GATEWAY.replace("one", "two"),
        "archive.toml: the file: one gateway secret stands twice",
    ),
    "no secret": (GATEWAY.replace(f'"{SECRET}"', ""), "archive.toml: gateway[0].secrets: "),
    "five secrets": (GATEWAY.replace(f'"{SECRET}"', f'"{SECRET}",' * 5), "archive.toml: gateway[0].secrets: "),
    "a WeCom id twice": (WECOM * 2, "archive.toml: the file: wecom id 'app' stands twice"),
    "an unknown kind": (WECOM.replace('kind = "app"', 'kind = "web"'), "archive.toml: wecom[0].kind: "),
    "plaintext mode": (WECOM.replace('"secure"', '"plain"'), "archive.toml: wecom[0].mode: "),
    "no token": (WECOM.replace('"Token1"', ""), "archive.toml: wecom[0].tokens: "),
    "three tokens": (WECOM.replace('"Token1"', '"a", "b", "c"'), "archive.toml: wecom[0].tokens: "),
    "no key": (WECOM.replace(f'"{KEY}"', ""), "archive.toml: wecom[0].keys: "),
    "a zero key": (WECOM.replace(KEY, "A" * 43), "archive.toml: wecom[0].keys[0]: an EncodingAESKey of zero bytes"),
    "no receiveid": (WECOM.replace('"ww1"', ""), "archive.toml: wecom[0].receive_ids: "),
    "a nameless custodian": (CUSTODIAN.replace('"a"', '""'), "archive.toml: custodian[0].account: "),
    "an unknown rule": (
        CUSTODIAN.replace("cn.sec.137", "cn.x.1"),
        "archive.toml: custodian[0]: no retention rule 'cn.x.1'",
    ),
    "an end before its begin": (
        CUSTODIAN + "valid_until = 2025-01-01T00:00:00Z\n",
        "archive.toml: custodian[0]: valid_until must be later",
    ),
    "an end at its begin": (
        CUSTODIAN + "valid_until = 2026-01-01T00:00:00Z\n",
        "archive.toml: custodian[0]: valid_until must be later",
    ),
    "one custodian twice at once": (
        CUSTODIAN * 2,
        "archive.toml: the file: two intervals of one custodian overlap at 2026-01-01",
    ),
}


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_refused_with_file_key_and_reason(text: str, expected: str) -> None:
    assert reasons(text)[0].startswith(expected)


@pytest.mark.parametrize(
    "written",
    [
        *("2026-01-01", "2026-01-01T00:00:00", "09:30:00", "1767225600", "1.5", "true", '"soon"', '"2026-01-01"', "[]"),
        *("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"),
    ],
)
def test_a_time_without_date_or_offset_is_not_guessed_at(written: str) -> None:
    (reason,) = reasons(CUSTODIAN.replace("2026-01-01T00:00:00Z", written))

    assert reason.startswith("archive.toml: custodian[0].valid_from: ")


def test_intervals_of_one_custodian_may_touch_but_not_overlap() -> None:
    first = CUSTODIAN + "valid_until = 2027-01-01T00:00:00Z\n"
    second = CUSTODIAN.replace("2026-01-01", "2027-01-01")

    assert len(read(second + first).custodian) == 2
    assert "overlap at 2026-12-31" in reasons(first + CUSTODIAN.replace("2026-01-01", "2026-12-31"))[0]
    assert len(read(CUSTODIAN + CUSTODIAN.replace('"a"', '"b"')).custodian) == 2


def test_every_fault_of_a_file_is_named_at_once() -> None:
    text = GATEWAY.replace("one", "One") + WECOM.replace('"Token1"', '"a b"') + CUSTODIAN.replace("137", "1")

    named = {reason.split(": ")[1] for reason in reasons(text)}
    assert named >= {"gateway[0].id", "wecom[0].tokens[0]", "custodian[0]"}


PLANTED = "Planted7Secret"


@pytest.mark.parametrize(
    "text",
    [
        GATEWAY.replace(SECRET, PLANTED),
        GATEWAY.replace(SECRET, f"whsec_{PLANTED}"),
        GATEWAY.replace(SECRET, f"whsec_{PLANTED}密"),
        GATEWAY.replace(SECRET, f"whpk_{base64.b64encode(PLANTED.encode()).decode()}"),
        GATEWAY.replace(f'["{SECRET}"]', f'"{PLANTED}"'),
        GATEWAY.replace(f'["{SECRET}"]', f'[["{PLANTED}"]]'),
        GATEWAY.replace(f'["{SECRET}"]', f'["{PLANTED}'),
        GATEWAY.replace(f'["{SECRET}"]', PLANTED),
        WECOM.replace("Token1", f"{PLANTED}!"),
        WECOM.replace("Token1", PLANTED * 3),
        WECOM.replace('["Token1"]', f'"{PLANTED}"'),
        WECOM.replace(KEY, PLANTED),
        WECOM.replace(f'["{KEY}"]', f'"{PLANTED}"'),
        (GATEWAY + GATEWAY.replace("one", "two")).replace(
            SECRET, f"whsec_{base64.b64encode(PLANTED.encode() * 2).decode()}"
        ),
    ],
)
def test_no_reason_quotes_a_secret(text: str) -> None:  # G4
    for reason in reasons(text):
        assert PLANTED not in reason
        assert base64.b64encode(PLANTED.encode()).decode().rstrip("=") not in reason


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


@given(st.text())
def test_any_file_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except Rejected as refused:
        assert str(refused).startswith("archive.toml: ")  # noqa: PT017 - the law is about both ways out


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
