"""One capture set aside: it says of itself what it would have said among its neighbours, and opens by its own key."""

from dataclasses import replace

import pytest

from functions.capture.aside import (
    held_key,
    open_suspect,
    quarantine_context,
    seal_suspect,
    single,
    suspect_key,
    suspect_keys,
    wrapped_key_object,
)
from functions.capture.capture import Part
from functions.capture.delivery import encryption_context, open_delivery, seal
from functions.errors import Tampered
from tests.functions.builders import ARCHIVE_ID, make_callback_delivery, make_delivery, make_item, make_key

ONE, TWO = b'{"id": "1"}', b'{"id": "22"}'
NONCE = bytes(12)
RECORD = "ab" * 24


@pytest.mark.parametrize("door", ["gateway", "pull", "office", "report"])
def test_a_capture_alone_has_its_own_bytes_and_says_where_it_stood(door: str) -> None:
    items = (make_item(ONE), make_item(TWO, offset=len(ONE), record_id="cd" * 24))
    body = Part(name="body", media_type="application/json", body=ONE + TWO)
    delivery = make_delivery(door=door, items=items, parts=(body,))

    alone = single(delivery, items[1], evidence={"held": 1})

    assert [alone.capture(item) for item in alone.items] == [TWO]
    assert alone.evidence == {**delivery.evidence, "offset": len(ONE), "length": len(TWO), "held": 1}
    assert single(alone, alone.items[0], evidence={}) == alone


def test_a_callback_alone_keeps_what_was_posted() -> None:
    delivery = make_callback_delivery(b"<xml/>", request_body=b"<xml>posted</xml>")

    assert single(delivery, delivery.items[0], evidence={}) == delivery


def test_a_suspect_opens_by_the_key_beside_it_and_by_no_other() -> None:
    alone = make_delivery(ONE)
    key = make_key(context=quarantine_context(ARCHIVE_ID, RECORD))
    sealed, name = seal_suspect(alone, archive_id=ARCHIVE_ID, key=key, nonce=NONCE)

    def unwrap(wrapped: bytes, context: dict[str, str]) -> bytes:
        assert (wrapped, context) == (key.wrapped, key.context)
        return key.plaintext

    opened = open_suspect(sealed, key.wrapped, unwrap, archive_id=ARCHIVE_ID, record_id=RECORD)

    assert opened == alone
    assert wrapped_key_object(sealed, RECORD) == name
    assert name.startswith(suspect_keys(RECORD))
    assert key.wrapped not in sealed
    with pytest.raises(Tampered, match="not sealed for this"):
        open_suspect(sealed, key.wrapped, unwrap, archive_id=ARCHIVE_ID, record_id="cd" * 24)


def test_two_attempts_to_set_one_capture_aside_never_share_a_key_object() -> None:
    alone = make_delivery(ONE)
    names = {
        seal_suspect(alone, archive_id=ARCHIVE_ID, key=make_key(attempt), nonce=NONCE)[1] for attempt in ("one", "two")
    }

    assert len(names) == 2


def test_what_is_held_back_opens_as_any_delivery_does() -> None:
    alone = single(make_delivery(ONE), make_delivery(ONE).items[0], evidence={"held_since": "2026-11-22T09:30:00.000Z"})
    key = replace(make_key(), context=encryption_context(ARCHIVE_ID))
    sealed = seal(alone, archive_id=ARCHIVE_ID, key=key, nonce=NONCE)

    assert open_delivery(sealed, lambda *_: key.plaintext, archive_id=ARCHIVE_ID) == alone


def test_each_lies_under_its_records_name() -> None:
    assert (held_key(RECORD), suspect_key(RECORD)) == (f"held/{RECORD}", f"suspects/{RECORD}")
