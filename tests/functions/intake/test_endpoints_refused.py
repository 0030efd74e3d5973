"""A bad configuration: refused with file, key and reason, and no reason quotes a secret."""

import base64

import pytest
from hypothesis import given, strategies as st

from functions.errors import Rejected
from tests.functions.intake.files import (
    CONTACT,
    CUSTODIAN,
    EXCLUDED,
    GATEWAY,
    KEY,
    WECOM,
    WHOLE,
    read,
    reasons,
    without_line,
)
from tests.make import OTHER_SECRET, SECRET

BAD = {
    "not TOML": ("[[gateway]", "archive.toml: Expected ']]'"),
    "an unknown table": (WHOLE + "[[gateways]]\n", "archive.toml: gateways: this file has no such key"),
    "an unknown key": (GATEWAY + "secret = 1\n", "archive.toml: gateway[0].secret: this file has no such key"),
    "a table where a list belongs": (GATEWAY.replace("[[gateway]]", "[gateway]"), "archive.toml: gateway: "),
    "an id in capitals": (GATEWAY.replace('"one"', '"One"'), "archive.toml: gateway[0].id: "),
    "an id with a slash": (GATEWAY.replace('"one"', '"o/ne"'), "archive.toml: gateway[0].id: "),
    "an id of 64 characters": (GATEWAY.replace('"one"', f'"{"o" * 64}"'), "archive.toml: gateway[0].id: "),
    "no id": (GATEWAY.replace('id = "one"\n', ""), "archive.toml: gateway[0].id: is missing, and has no default"),
    "an id twice": (
        GATEWAY + GATEWAY.replace(SECRET, OTHER_SECRET),
        "archive.toml: gateway[1].id: gateway id 'one' stands twice",
    ),
    "a secret twice": (
        GATEWAY + GATEWAY.replace("one", "two"),
        "archive.toml: gateway[1].secrets: one gateway secret stands twice",
    ),
    "no secret": (GATEWAY.replace(f'"{SECRET}"', ""), "archive.toml: gateway[0].secrets: "),
    "five secrets": (GATEWAY.replace(f'"{SECRET}"', f'"{SECRET}",' * 5), "archive.toml: gateway[0].secrets: "),
    "a WeCom id twice": (WECOM * 2, "archive.toml: wecom[1].id: wecom id 'app' stands twice"),
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
        "archive.toml: custodian[0].regimes: no retention rule 'cn.x.1'",
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
        "archive.toml: custodian[1]: two intervals of one custodian overlap at 2026-01-01",
    ),
    "a jurisdiction in words": (
        CUSTODIAN + 'jurisdictions = ["China"]\n',
        "archive.toml: custodian[0].jurisdictions[0]: ",
    ),
    "another device": (CUSTODIAN + 'device = "pager"\n', "archive.toml: custodian[0].device: "),
    "a contact twice": (CONTACT * 2, "archive.toml: contact[1]: stands twice"),
    "an exclusion of nothing": ("[[excluded]]\n", "archive.toml: excluded[0]: give an account or a conversation"),
    "an exclusion of two things": (
        EXCLUDED + 'conversation = "room"\n',
        "archive.toml: excluded[0]: give an account or a conversation",
    ),
    "an exclusion twice": (EXCLUDED * 2, "archive.toml: excluded[1]: stands twice"),
    "an excluded custodian": (
        CUSTODIAN + EXCLUDED.replace("no", "a"),
        "archive.toml: excluded[0]: this account is a custodian too",
    ),
    "an excluded contact": (
        CONTACT + EXCLUDED.replace("no", "b"),
        "archive.toml: excluded[0]: this account is a contact",
    ),
}


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_refused_with_file_key_and_reason(text: str, expected: str) -> None:
    assert without_line(reasons(text)[0]).startswith(expected)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (GATEWAY + WECOM + CUSTODIAN.replace("137", "1"), 15),
        (GATEWAY + CUSTODIAN * 2, 8),
        (GATEWAY.replace("secrets", "secret"), 3),
        (GATEWAY + "\n# a comment\n[[gateway\n", 6),
    ],
)
def test_a_reason_names_the_line(text: str, line: int) -> None:
    assert reasons(text)[-1].startswith(f"archive.toml:{line}: ")


@pytest.mark.parametrize(
    "written",
    [
        *("2026-01-01", "2026-01-01T00:00:00", "09:30:00", "1767225600", "1.5", "true", '"soon"', '"2026-01-01"', "[]"),
        *("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"),
    ],
)
def test_a_time_without_date_or_offset_is_not_guessed_at(written: str) -> None:
    (reason,) = reasons(CUSTODIAN.replace("2026-01-01T00:00:00Z", written))

    assert reason.startswith("archive.toml:3: custodian[0].valid_from: ")


def test_intervals_of_one_custodian_may_touch_but_not_overlap() -> None:
    first = CUSTODIAN + "valid_until = 2027-01-01T00:00:00Z\n"
    second = CUSTODIAN.replace("2026-01-01", "2027-01-01")

    assert len(read(second + first).custodian) == 2
    assert "overlap at 2026-12-31" in reasons(first + CUSTODIAN.replace("2026-01-01", "2026-12-31"))[0]
    assert len(read(CUSTODIAN + CUSTODIAN.replace('"a"', '"b"')).custodian) == 2


def test_every_fault_of_a_file_is_named_at_once() -> None:
    text = GATEWAY.replace("one", "One") + WECOM.replace('"Token1"', '"a b"') + CUSTODIAN.replace("137", "1")

    named = {reason.split(": ")[1] for reason in reasons(text)}
    assert named >= {"gateway[0].id", "wecom[0].tokens[0]", "custodian[0].regimes"}


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


@given(st.text())
def test_any_file_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except Rejected as refused:
        assert str(refused).startswith("archive.toml:")  # noqa: PT017 - the law is about both ways out
