"""Standard Webhooks: headers that are missing, malformed, stale or made to confuse."""

import pytest
from hypothesis import given, strategies as st

from functions.errors import Rejected
from functions.intake.webhook import Unauthenticated, authenticate
from functions.web import Request
from tests.make import GATEWAY, NOW, SECRET, change_headers, make_post, seconds

ONE = {GATEWAY: (SECRET,)}
PUBLIC = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
BOTH = {GATEWAY: (SECRET, PUBLIC)}


def signature(request: Request) -> str:
    return request.headers["webhook-signature"][0]


def refused(request: Request) -> list[str]:
    """Which headers an unauthenticated request is told about."""
    with pytest.raises(Unauthenticated) as reason:
        authenticate(request, BOTH, NOW)
    return [fault.pointer for fault in reason.value.faults]


@pytest.mark.parametrize("version", ["v1a", "v2", "V1", "", "v1 "])
def test_a_signature_under_another_version_is_none(version: str) -> None:
    mac = signature(make_post(b"{}")).removeprefix("v1,")

    assert refused(change_headers(make_post(b"{}"), webhook_signature=f"{version},{mac}")) == ["webhook-signature"]


@pytest.mark.parametrize(
    "header",
    [
        "v1",
        "v1,",
        ",",
        "v1,%",
        "v1,AAAA",
        "v1,AAA",
        "AAAA",
        "v1,签名",
        "v1,\xe9",
        "v1a,AAAA",
        "hmac AAAA",
        "v1;AAAA",
        " ",
    ],
)
def test_a_signature_header_of_another_form_proves_nothing(header: str) -> None:
    request = change_headers(make_post(b"{}"), webhook_signature=header)

    assert refused(request) == ["webhook-signature"]


def test_malformed_entries_do_not_hide_a_good_one() -> None:
    request = make_post(b"{}")
    mixed = change_headers(request, webhook_signature=f"v1 v1,% v1,签名 v2,AAAA {signature(request)}")

    assert authenticate(mixed, ONE, NOW).gateway == GATEWAY


def test_only_so_many_signatures_are_tried() -> None:
    request = make_post(b"{}")
    many = change_headers(request, webhook_signature="v1,AAAA " * 8 + signature(request))

    assert refused(many) == ["webhook-signature"]


@pytest.mark.parametrize("late", [-300, -299, 0, 299, 300])
def test_a_clock_five_minutes_off_is_accepted(late: int) -> None:
    assert authenticate(make_post(b"{}", at=NOW - seconds(late)), ONE, NOW).gateway == GATEWAY


@pytest.mark.parametrize(("late", "told"), [(301, "301 s behind"), (-301, "301 s ahead"), (-28_800, "28800 s ahead")])
def test_a_stale_request_is_told_how_far_off_its_clock_is(late: int, told: str) -> None:
    with pytest.raises(Unauthenticated) as reason:
        authenticate(make_post(b"{}", at=NOW - seconds(late)), ONE, NOW)

    (fault,) = reason.value.faults
    assert fault.pointer == "webhook-timestamp"
    assert told in fault.detail
    assert "time zone" in fault.detail


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_that_is_missing_or_stands_twice_is_named(name: str) -> None:
    request = make_post(b"{}")
    twice = {**request.headers, name: request.headers[name] * 2}

    for headers in ({**request.headers, name: ()}, twice):
        changed = Request(method="POST", resource="/captures", path={}, headers=headers, query={}, body=b"{}")
        with pytest.raises(Rejected) as reason:
            authenticate(changed, ONE, NOW)
        assert [fault.pointer for fault in reason.value.faults] == [name]


def test_every_missing_header_is_named_at_once() -> None:
    bare = change_headers(make_post(b"{}"), webhook_id=None, webhook_timestamp=None, webhook_signature=None)

    with pytest.raises(Rejected) as reason:
        authenticate(bare, ONE, NOW)
    assert [fault.pointer for fault in reason.value.faults] == ["webhook-id", "webhook-timestamp", "webhook-signature"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("webhook_id", value) for value in ("", "a.b", "a b", "é", "x" * 257, "a\n", "a\x00")),
        *(("webhook_timestamp", value) for value in ("", "-1", "1.5", "now", "1e9", " 1", "１", "9" * 13, "1\n")),
        *(("webhook_signature", value) for value in ("", "x" * 2049)),
    ],
)
def test_a_malformed_header_is_named_and_not_quoted(name: str, value: str) -> None:
    with pytest.raises(Rejected) as reason:
        authenticate(change_headers(make_post(b"{}"), **{name: value}), ONE, NOW)

    assert not isinstance(reason.value, Unauthenticated)
    assert [fault.pointer for fault in reason.value.faults] == [name.replace("_", "-")]


@given(st.text(st.characters()), st.text(st.characters()), st.text(st.characters()))
def test_nothing_but_a_refusal_ever_escapes(webhook_id: str, timestamp: str, given_signature: str) -> None:
    headers = {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": given_signature}
    request = change_headers(make_post(b"{}"), **headers)

    with pytest.raises(Rejected):
        authenticate(request, BOTH, NOW)


@given(st.text(st.characters(exclude_categories=["Cc"]), min_size=1, max_size=60))
def test_nothing_but_a_refusal_escapes_a_request_that_is_fresh(given_signature: str) -> None:
    request = change_headers(make_post(b"{}"), webhook_signature=given_signature)

    with pytest.raises(Rejected):
        authenticate(request, BOTH, NOW)
