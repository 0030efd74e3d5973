"""Every published request passes through the running door and is read back; every forged one is refused."""

import base64
from typing import Any

import pytest

from functions.wechat.crypto import sign
from tests.aws import Stage
from tests.callbacks import VECTORS, archived, door_of, endpoint_of, envelope, nothing_is_kept, request_of, run, vectors
from tests.conftest import configure
from tests.make import make_callback
from tests.wecom import signed_query

URL_CHECKS = vectors("url_verify")
CALLBACKS = vectors("decrypt")
CIPHERTEXTS = vectors("encrypt")
PLAINLY_SIGNED = vectors("plain_signature")
FORGERIES = VECTORS["negative"]
FORBIDDEN = {-40001, -40005}


@pytest.fixture
def open_to_all(stage: Stage) -> Stage:
    """One endpoint for each vector, with the token, key and receive id it was made with."""
    configure(stage, "".join(endpoint_of(one) for one in (*VECTORS["vectors"], *FORGERIES)))
    return stage


def record_of(stage: Stage, vector: dict[str, Any]) -> dict[str, Any]:
    (record,) = archived(stage, f"{door_of(vector)}/{vector['id']}")
    return record


def test_a_published_url_check_is_answered_with_the_decrypted_text_alone(open_to_all: Stage) -> None:
    for vector in URL_CHECKS:
        answer = open_to_all.post(request_of(vector, method="GET"))

        assert (answer["statusCode"], answer["body"]) == (200, vector["expected"]["plaintext"]), vector["id"]
        assert answer["headers"]["Content-Type"].startswith("text/plain")


def test_a_published_callback_is_archived_byte_for_byte(open_to_all: Stage) -> None:  # G1
    for vector in CALLBACKS:
        answer = open_to_all.post(request_of(vector))
        assert (answer["statusCode"], answer["body"]) == (200, "success"), vector["id"]
    run(open_to_all)

    for vector in CALLBACKS:
        record = record_of(open_to_all, vector)
        assert base64.b64decode(record["capture"]["base64"]) == vector["expected"]["plaintext"].encode(), vector["id"]
        kept = record["envelope"]
        assert kept["source"] == kept["evidence"]["receive_id"] == vector["receive_id"]
        assert kept["evidence"]["query"].items() <= vector["query"].items()
        assert "late" in kept["flags"]  # published between 2014 and 2024
        assert "unauthenticated" not in kept["flags"]


def test_a_published_ciphertext_is_archived_as_the_text_it_was_made_of(open_to_all: Stage) -> None:
    for vector in CIPHERTEXTS:
        encrypted = vector["expected"]["encrypt"]
        given = {name: vector[name] for name in ("token", "timestamp", "nonce") if vector.get(name)}
        query = signed_query(encrypted, **given)
        assert query["msg_signature"] == vector["expected"].get("msg_signature", query["msg_signature"])
        request = make_callback(envelope(encrypted, "xml"), query, endpoint=vector["id"], door=door_of(vector))
        assert open_to_all.post(request)["body"] == "success", vector["id"]
    run(open_to_all)

    for vector in CIPHERTEXTS:
        record = record_of(open_to_all, vector)
        assert base64.b64decode(record["capture"]["base64"]) == vector["plaintext"].encode(), vector["id"]


def test_a_published_plain_signature_lets_a_url_check_pass(open_to_all: Stage) -> None:
    for vector in PLAINLY_SIGNED:
        query = {"echostr": "4375120948345356249"} | vector["query"]

        answer = open_to_all.post(request_of(vector, method="GET", query=query))

        assert (answer["statusCode"], answer["body"]) == (200, query["echostr"]), vector["id"]


def test_the_published_callback_in_clear_is_kept_where_that_is_agreed_and_says_so(stage: Stage) -> None:
    (vector,) = (one for one in PLAINLY_SIGNED if one.get("body"))
    configure(stage, endpoint_of(vector, mode="plain"))

    answer = stage.post(request_of(vector))
    run(stage)

    record = record_of(stage, vector)
    assert answer["body"] == "success"
    assert base64.b64decode(record["capture"]["base64"]) == vector["body"].encode()
    assert record["envelope"]["flags"] == ["late", "unauthenticated"]
    assert (record["envelope"]["source"], record["envelope"]["evidence"]["receive_id"]) == ("", None)
    assert record["envelope"]["evidence"]["mode"] == "plain"


def test_the_published_callback_in_clear_is_refused_everywhere_else(stage: Stage) -> None:
    (vector,) = (one for one in PLAINLY_SIGNED if one.get("body"))
    for mode in ("secure", "compatible"):
        configure(stage, endpoint_of(vector, mode=mode))

        assert stage.post(request_of(vector))["statusCode"] == 403
    assert nothing_is_kept(stage)


def test_a_forged_or_broken_request_is_refused_and_leaves_nothing_behind(open_to_all: Stage) -> None:  # G5
    for vector in FORGERIES:
        error = vector["expected_error"]

        answer = open_to_all.post(request_of(vector))

        assert answer["statusCode"] == (403 if error in FORBIDDEN else 400), vector["id"]
        assert answer["body"].startswith(str(error)), vector["id"]
    assert nothing_is_kept(open_to_all)


def test_parts_are_sorted_and_joined_as_the_published_test_says() -> None:
    assert sign("123", "345") == sign("345", "123") == "9f537aeb751ec72605f57f94a2f6dc3e3958e1dd"


def test_every_published_request_is_among_these() -> None:
    tried = [*URL_CHECKS, *CALLBACKS, *CIPHERTEXTS, *PLAINLY_SIGNED]

    assert {one["id"] for one in VECTORS["vectors"]} == {one["id"] for one in tried}
    assert (len(tried), len(FORGERIES)) == (22, 6)  # and the sorting test, which is no request
