"""Sealed deliveries."""

import base64
import json
import struct
from typing import Any

import pytest
from backports import zstd
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, strategies as st

from functions.canonical import canonical
from functions.capture.capture import Delivery, Flag, Part
from functions.capture.delivery import MAGIC, decompress, encryption_context, open_delivery, seal
from functions.capture.package import pack
from functions.errors import Tampered
from tests.functions.builders import ARCHIVE_ID, make_delivery, make_item, make_key
from tests.functions.strategies import canonical_values, moments, texts

NONCE = bytes(range(12))
ITEMS = st.builds(make_item, source=texts, event_id=texts, event_type=texts, sent_at=moments, offset=st.integers(0, 99))
DELIVERIES = st.builds(
    make_delivery,
    endpoint=texts,
    received_at=moments,
    evidence=st.dictionaries(st.sampled_from(["query", "caller", "webhook_id"]), canonical_values, max_size=3),
    flags=st.integers(0, 127).map(Flag),
    items=st.lists(ITEMS, max_size=3).map(tuple),
    parts=st.lists(st.builds(Part, name=texts, media_type=texts, body=st.binary()), max_size=2).map(tuple),
)


def unwrap(wrapped: bytes, context: dict[str, str]) -> bytes:
    """KMS: one key, under one context."""
    if wrapped != make_key().wrapped or context != encryption_context(ARCHIVE_ID):
        raise Tampered("the key is not wrapped for this")
    return make_key().plaintext


def sealed(delivery: Delivery, archive_id: str = ARCHIVE_ID) -> bytes:
    return seal(delivery, archive_id=archive_id, key=make_key(), nonce=NONCE)


def opened(whole: bytes, archive_id: str = ARCHIVE_ID) -> Delivery:
    return open_delivery(whole, unwrap, archive_id=archive_id)


def with_header(header: Any, rest: bytes = b"x" * 40) -> bytes:
    head = header if isinstance(header, bytes) else canonical(header)
    return MAGIC + struct.pack(">I", len(head)) + head + rest


def header(**changed: Any) -> dict[str, Any]:
    good = {
        "format": "fengcun.delivery.1",
        "archive": ARCHIVE_ID,
        "delivery_id": "d",
        "encryption_context": encryption_context(ARCHIVE_ID),
        "wrapped_key": base64.b64encode(make_key().wrapped).decode(),
    }
    return {name: value for name, value in (good | changed).items() if value is not ...}


@given(DELIVERIES)
def test_a_sealed_delivery_opens_as_it_was(delivery: Delivery) -> None:
    assert opened(sealed(delivery)) == delivery


def test_a_sealed_delivery_is_laid_out_as_the_format_says() -> None:
    delivery = make_delivery(b"capture")
    whole = sealed(delivery)
    (length,) = struct.unpack(">I", whole[8:12])
    front, nonce, ciphertext = whole[: 12 + length], whole[12 + length : 24 + length], whole[24 + length :]

    assert front[:8] == b"FENGDLV1"
    assert json.loads(front[12:]) == header(delivery_id=delivery.delivery_id)
    assert nonce == NONCE
    package = zstd.decompress(AESGCM(make_key().plaintext).decrypt(nonce, ciphertext, front))
    assert package.endswith(b"capture")
    description = json.loads(package[4 : -len(b"capture")])
    assert set(description) == {
        *("delivery_id", "door", "endpoint", "evidence", "flags", "items", "parts", "received_at"),
    }


def test_nothing_of_a_capture_shows_in_its_sealed_delivery() -> None:  # G4
    assert b"a capture" not in sealed(make_delivery(b"a capture" * 3))


@given(st.data())
def test_flipping_any_bit_of_a_sealed_delivery_is_detected(data: st.DataObject) -> None:  # G3
    whole = bytearray(sealed(make_delivery(b"a capture")))
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8

    with pytest.raises(Tampered):
        opened(bytes(whole))


def test_flipping_each_byte_of_the_header_is_detected() -> None:  # G3
    whole = sealed(make_delivery(b"a capture"))

    for at in range(12 + struct.unpack(">I", whole[8:12])[0]):
        changed = whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :]
        with pytest.raises(Tampered):
            opened(changed)


@given(st.data())
def test_a_sealed_delivery_that_was_cut_is_refused(data: st.DataObject) -> None:  # G3
    whole = sealed(make_delivery(b"a capture"))

    with pytest.raises(Tampered):
        opened(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda rest: MAGIC + rest))
def test_bytes_that_are_no_delivery_are_refused_in_one_way(garbage: bytes) -> None:
    with pytest.raises(Tampered):
        opened(garbage)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        "text",
        b"[" * 50_000,
        b"\xff",
        header(format="fengcun.delivery.2"),
        header(format=...),
        header(wrapped_key=...),
        header(wrapped_key=1),
        header(wrapped_key="not base64!"),
        header(wrapped_key="ключ"),
        header(wrapped_key=base64.b64encode(b"another").decode()),
        header(encryption_context=...),
        header(encryption_context=[]),
        header(encryption_context=None),
        header(encryption_context={"fengcun:archive": 1}),
        header(encryption_context=encryption_context("another")),
    ],
    ids=lambda wrong: str(wrong)[:60],
)
def test_a_header_that_names_no_key_of_ours_is_refused(wrong: Any) -> None:
    with pytest.raises(Tampered):
        opened(with_header(wrong))


@pytest.mark.parametrize("change", [{"format": "fengcun.delivery.2"}, {"format": "fengcun.segment.1"}])
def test_a_delivery_of_another_format_is_refused_though_it_would_open(change: dict[str, str]) -> None:
    front = with_header(header(**change), b"")
    package = zstd.compress(pack({}, ()))
    whole = front + NONCE + AESGCM(make_key().plaintext).encrypt(NONCE, package, front)

    with pytest.raises(Tampered, match="not of a format this release reads"):
        opened(whole)


def test_a_delivery_under_another_magic_is_refused_though_it_would_open() -> None:
    front = b"FENGDLV2" + with_header(header(), b"")[8:]
    whole = front + NONCE + AESGCM(make_key().plaintext).encrypt(NONCE, zstd.compress(pack({}, ())), front)

    with pytest.raises(Tampered, match="not of a format this release reads"):
        opened(whole)


def test_a_delivery_of_another_archive_does_not_open_here() -> None:
    with pytest.raises(Tampered, match="not sealed for this archive"):
        opened(sealed(make_delivery()), "another")


@pytest.mark.parametrize(
    "description",
    [
        {},
        {"items": [], "flags": [], "received_at": "2026-11-22T09:30:00Z"},
        {"items": [{}]},
        {"items": None},
        {"items": [], "flags": ["unheard_of"], "received_at": "2026-11-22T09:30:00Z"},
        {"items": [], "flags": [], "received_at": "yesterday"},
        {"items": [{"sent_at": "2026-11-22T09:30:00Z", "and": "more"}]},
    ],
    ids=str,
)
def test_a_description_of_another_version_is_refused_though_its_key_is_ours(description: dict[str, Any]) -> None:
    front = with_header(header(), b"")
    package = zstd.compress(pack(description, ()))
    whole = front + NONCE + AESGCM(make_key().plaintext).encrypt(NONCE, package, front)

    with pytest.raises(Tampered):
        opened(whole)


@given(st.binary(max_size=5000))
def test_decompression_gives_back_what_fits_its_bound_exactly(plain: bytes) -> None:
    assert decompress(zstd.compress(plain), len(plain)) == plain


@given(st.binary(min_size=1, max_size=5000))
def test_decompression_stops_at_its_bound(plain: bytes) -> None:
    with pytest.raises(Tampered, match="more than"):
        decompress(zstd.compress(plain), len(plain) - 1)


def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = zstd.compress(bytes(64 * 2**20))

    assert len(bomb) < 10_000
    with pytest.raises(Tampered, match="more than 1048576 bytes"):
        decompress(bomb, 2**20)


@pytest.mark.parametrize("wrong", [b"", b"not zstd", zstd.compress(b"x")[:-1], zstd.compress(b"x") + b"more"])
def test_what_is_not_exactly_one_zstd_frame_is_refused(wrong: bytes) -> None:
    with pytest.raises(Tampered):
        decompress(wrong, 100)


def test_the_key_does_not_show_when_it_is_printed() -> None:
    assert repr(make_key().plaintext) not in repr(make_key())
