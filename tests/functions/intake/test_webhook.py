"""Standard Webhooks: who signed, and is it fresh."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, strategies as st

from functions.intake.webhook import Sender, Unauthenticated, authenticate
from functions.web import Request
from tests.make import GATEWAY, NOW, OTHER_SECRET, SECRET, change_headers, make_post, sign

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "standard_webhooks.json").read_text(encoding="utf-8")
)["vectors"]
ONE = {GATEWAY: (SECRET,)}
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = (
    "whpk_"
    + base64.b64encode(
        PRIVATE.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    ).decode()
)


def signature(request: Request) -> str:
    return request.headers["webhook-signature"][0]


def signed_v1a(body: bytes = b"{}") -> Request:
    request = make_post(body)
    content = b".".join((b"d-1", request.headers["webhook-timestamp"][0].encode(), body))
    return change_headers(request, webhook_signature="v1a," + base64.b64encode(PRIVATE.sign(content)).decode())


def refused(request: Request, gateways: dict[str, tuple[str, ...]] | None = None) -> list[str]:
    """Which headers an unauthenticated request is told about."""
    with pytest.raises(Unauthenticated) as reason:
        authenticate(request, ONE if gateways is None else gateways, NOW)
    return [fault.pointer for fault in reason.value.faults]


@pytest.mark.parametrize("vector", VECTORS, ids=[one["id"] for one in VECTORS])
def test_a_published_request_is_accepted_or_refused_as_the_standard_says(vector: dict[str, Any]) -> None:
    request = Request(
        method="POST",
        resource="/captures",
        path={},
        headers={name: (value,) for name, value in vector["headers"].items()},
        query={},
        body=vector["body"].encode(),
    )
    now = datetime.fromtimestamp(vector["now"], tz=UTC)

    if vector["accept"]:
        assert authenticate(request, {"one": (vector["secret"],)}, now).gateway == "one"
    else:
        with pytest.raises(Unauthenticated):
            authenticate(request, {"one": (vector["secret"],)}, now)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=100),
    st.from_regex(r"[a-zA-Z0-9_-]{1,40}", fullmatch=True),
)
def test_what_the_standards_own_library_signs_is_accepted(body: str, webhook_id: str) -> None:
    made = standardwebhooks.Webhook(SECRET).sign(webhook_id, NOW, body)
    request = change_headers(make_post(body.encode(), webhook_id=webhook_id), webhook_signature=made)

    assert authenticate(request, ONE, NOW).webhook_id == webhook_id


def test_the_evidence_is_what_was_received() -> None:
    request = make_post(b"{}")

    assert authenticate(request, ONE, NOW) == Sender(
        gateway=GATEWAY,
        secret=0,
        webhook_id="d-1",
        webhook_timestamp="1795339800",
        webhook_signature=signature(request),
    )


@given(st.data())
def test_flipping_any_bit_of_the_body_is_detected(data: st.DataObject) -> None:  # G5
    body = bytearray(b'[{"specversion":"1.0"}]')
    bit = data.draw(st.integers(0, len(body) * 8 - 1))
    headers = sign(bytes(body))
    body[bit // 8] ^= 1 << bit % 8
    request = Request(method="POST", resource="/captures", path={}, headers=headers, query={}, body=bytes(body))

    assert refused(request) == ["webhook-signature"]


@given(st.integers(0, 31), st.integers(1, 255))
def test_any_other_signature_is_refused(at: int, other: int) -> None:  # G5
    request = make_post(b"{}")
    mac = bytearray(base64.b64decode(signature(request).removeprefix("v1,")))
    mac[at] ^= other

    assert refused(change_headers(request, webhook_signature="v1," + base64.b64encode(mac).decode())) == [
        "webhook-signature"
    ]


@pytest.mark.parametrize("change", [{"webhook_id": "d-2"}, {"webhook_timestamp": "1795339801"}])
def test_id_and_time_are_signed_too(change: dict[str, str]) -> None:  # G5
    assert refused(change_headers(make_post(b"{}"), **change)) == ["webhook-signature"]


def test_each_secret_of_a_gateway_is_accepted_and_its_position_named() -> None:
    request = make_post(b"{}", secret=OTHER_SECRET)

    assert authenticate(request, {GATEWAY: (SECRET, OTHER_SECRET)}, NOW).secret == 1
    assert authenticate(request, {GATEWAY: (OTHER_SECRET, SECRET)}, NOW).secret == 0


def test_of_several_signatures_one_is_enough() -> None:
    first, second = (make_post(b"{}", secret=secret) for secret in (SECRET, OTHER_SECRET))
    both = change_headers(first, webhook_signature=f"{signature(second)} {signature(first)}")

    assert authenticate(both, ONE, NOW).secret == 0


def test_the_gateway_is_the_one_whose_secret_signed() -> None:
    gateways = {"one": (SECRET,), "two": (OTHER_SECRET,)}

    assert authenticate(make_post(b"{}", secret=OTHER_SECRET), gateways, NOW).gateway == "two"


def test_nobody_is_authenticated_where_nobody_is_configured() -> None:
    assert refused(make_post(b"{}"), {}) == ["webhook-signature"]
    assert refused(make_post(b"{}"), {GATEWAY: ()}) == ["webhook-signature"]


def test_an_ed25519_signature_is_accepted_from_a_public_key() -> None:
    assert authenticate(signed_v1a(), {GATEWAY: (SECRET, PUBLIC)}, NOW).secret == 1


def test_an_ed25519_signature_over_another_body_is_refused() -> None:  # G5
    request = signed_v1a()
    other = change_headers(make_post(b"[]"), webhook_signature=signature(request))

    assert refused(other, {GATEWAY: (PUBLIC,)}) == ["webhook-signature"]


def test_a_public_key_is_never_taken_as_the_secret_of_an_hmac() -> None:  # G5
    # whoever knows the public key could otherwise sign with it
    forged = make_post(b"{}", secret="whsec_" + PUBLIC.removeprefix("whpk_"))

    assert refused(forged, {GATEWAY: (PUBLIC,)}) == ["webhook-signature"]
