"""Laws of the callback doors, on any bytes, in any order, any number of times; the whole archive in memory."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from functions.canonical import from_epoch_ms
from functions.intake.platforms import FORMS, Agreement
from functions.retrieval.find import by_record_id
from functions.web import Request
from functions.wechat.crypto import Credentials
from tests.archive import Archive
from tests.callbacks import APP, CALLBACKS, CORP, envelope, posted, published
from tests.fuzz.seed import seeds
from tests.fuzz.targets import TARGETS
from tests.make import NOW, make_callback, seconds
from tests.wecom import CANARY_AES_KEY, CANARY_TOKEN, encrypt, secure_query

KEYS = (base64.b64decode(CANARY_AES_KEY + "="),)
PLATFORMS = Credentials(tokens=(CANARY_TOKEN,), keys=KEYS, receive_ids=frozenset({APP, CORP}))
WECHAT = Agreement(mode="secure", forms=FORMS["mp"], credentials=PLATFORMS)
SAMPLES = sorted(set(seeds()))


def make_archive() -> Archive:
    endpoints = {"wecom": PLATFORMS}
    return Archive(wecom_endpoints=endpoints, wechat_endpoints={"oa": WECHAT, "mp": WECHAT})


def records(archive: Archive) -> dict[str, tuple[str, ...]]:
    """Id to what a reader sees of it."""
    tier = archive.key.token("tier", "general")
    rows = [row for (token, _), one in archive.postings.items.items() if token == tier for row in one.rows]
    ids = {
        (archive.key.arrival(endpoint, from_epoch_ms(row.sent_at_ms)) + row.digest).hex()
        for row in rows
        for endpoint in ("wecom/wecom", "wechat/oa", "wechat/mp")
    }
    return {one: told(archive.read(one)) for one in ids if any(by_record_id(archive.postings, one))}


def told(record: dict[str, Any]) -> tuple[str, ...]:
    names = ("sent_at", "source", "kind", "record_id", "endpoint")
    return (record["capture"]["sha256"], *(str(record["envelope"][name]) for name in names))


@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_any_order_and_any_multiplicity_of_the_same_callbacks_give_the_same_archive(data: st.DataObject) -> None:  # G6
    chosen = data.draw(st.lists(st.sampled_from(CALLBACKS), min_size=1, max_size=6, unique=True))
    again = data.draw(st.lists(st.sampled_from(chosen), max_size=8))
    order = data.draw(st.permutations(chosen + again))
    waits = data.draw(st.lists(st.integers(0, 100_000), min_size=len(order), max_size=len(order)))
    once, often = make_archive(), make_archive()

    for path in chosen:
        assert once.post(published(path).request).body == "success"
    for path, wait in zip(order, waits, strict=True):
        often.now += seconds(wait)
        assert often.post(published(path, nonce=str(wait)).request).body == "success"
        if wait % 3 == 0:
            often.run()
    once.run()
    often.run()

    assert records(often) == records(once)
    assert len(records(once)) == len(chosen)


@settings(deadline=None, max_examples=60)
@given(message=st.binary(max_size=300), form=st.sampled_from(["xml", "json"]), door=st.sampled_from(["wecom", "oa"]))
def test_any_message_that_is_rightly_signed_is_read_back_byte_for_byte(message: bytes, form: str, door: str) -> None:
    archive = make_archive()
    way = "wecom" if door == "wecom" else "wechat"

    answer = archive.post(posted(message, door=way, endpoint=door, form=form).request)
    archive.run()

    (record_id,) = records(archive)
    assert answer.body == "success"
    assert base64.b64decode(archive.read(record_id)["capture"]["base64"]) == message


ENCRYPTED = encrypt(b"<xml><Content>x</Content></xml>", receive_id=APP)
"""Once, since every encryption is random, and what is drawn below depends on it."""


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_a_changed_character_of_what_is_signed_is_refused(data: st.DataObject) -> None:  # G3, G5
    archive = make_archive()
    encrypted, query = ENCRYPTED, secure_query(ENCRYPTED)
    part = data.draw(st.sampled_from(["encrypted", "msg_signature", "timestamp", "nonce"]))
    text = encrypted if part == "encrypted" else query[part]
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("0123456789abcdef").filter(lambda one: one != text[at]))
    changed = text[:at] + other + text[at + 1 :]
    query |= {} if part == "encrypted" else {part: changed}
    body = envelope(changed if part == "encrypted" else encrypted, "xml")

    answer = archive.post(make_callback(body, query, endpoint="oa", door="wechat"))

    assert answer.status == 403
    assert not archive.queue.waiting


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_truncated_body_is_refused_at_any_length(data: st.DataObject) -> None:
    archive = make_archive()
    whole = published(data.draw(st.sampled_from(CALLBACKS))).request
    length = data.draw(st.integers(0, len(whole.body.rstrip()) - 1))
    cut = Request(
        method="POST", resource=whole.resource, path=whole.path, headers={}, query=whole.query, body=whole.body[:length]
    )

    assert archive.post(cut).status in {400, 403}
    assert not archive.queue.waiting


def test_a_callback_is_recognised_for_thirty_days_and_read_once_after_that() -> None:
    archive = make_archive()
    archive.post(published(CALLBACKS[0]).request)
    archive.run()
    archive.claims.claims.clear()  # what the table's TTL does
    archive.now = NOW + timedelta(days=31)

    archive.post(published(CALLBACKS[0], nonce="later").request)
    archive.run()

    (record_id,) = records(archive)
    assert archive.read(record_id)["copies"] == 2


@pytest.mark.parametrize("target", TARGETS)
@settings(deadline=None, max_examples=100)
@given(data=st.one_of(st.binary(max_size=400), st.sampled_from(SAMPLES)), cut=st.integers(0, 2000), more=st.binary())
def test_an_entry_point_keeps_its_law_on_any_bytes(target: str, data: bytes, cut: int, more: bytes) -> None:
    TARGETS[target](data)
    TARGETS[target](data[:cut] + more + data[cut:])
