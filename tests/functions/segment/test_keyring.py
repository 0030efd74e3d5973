"""Keyrings: one salt for each record."""

import struct

import pytest
from hypothesis import given, strategies as st

from functions.errors import Tampered
from functions.segment.keyring import ERASED, key, read, salt_range, write

SALTS = st.lists(st.binary(min_size=32, max_size=32), max_size=20)


@given(SALTS)
def test_a_keyring_is_read_as_it_was_written(salts: list[bytes]) -> None:
    assert read(write(salts)) == salts


@given(SALTS)
def test_a_keyring_is_laid_out_as_the_format_says(salts: list[bytes]) -> None:
    assert write(salts) == b"FENGKEY1" + len(salts).to_bytes(4, "big") + b"".join(salts)


@given(SALTS.filter(bool), st.data())
def test_each_salt_lies_where_a_reader_of_one_record_looks_for_it(salts: list[bytes], data: st.DataObject) -> None:
    ordinal = data.draw(st.integers(0, len(salts) - 1))
    start, length = salt_range(ordinal)

    assert write(salts)[start : start + length] == salts[ordinal]
    assert start == 12 + 32 * ordinal


@given(SALTS, st.data())
def test_a_keyring_that_was_cut_is_refused(salts: list[bytes], data: st.DataObject) -> None:  # G3
    keyring = write(salts)

    with pytest.raises(Tampered):
        read(keyring[: data.draw(st.integers(0, len(keyring) - 1))])


@given(SALTS, st.binary(min_size=1, max_size=64))
def test_a_keyring_with_something_behind_it_is_refused(salts: list[bytes], more: bytes) -> None:
    with pytest.raises(Tampered):
        read(write(salts) + more)


@given(SALTS, st.integers(0, 95))
def test_flipping_any_bit_of_its_head_is_detected(salts: list[bytes], bit: int) -> None:  # G3
    keyring = bytearray(write(salts))
    keyring[bit // 8] ^= 1 << bit % 8

    with pytest.raises(Tampered):
        read(bytes(keyring))


@given(st.binary(max_size=100))
def test_bytes_that_are_no_keyring_are_refused(garbage: bytes) -> None:
    with pytest.raises(Tampered):
        read(garbage)


def test_a_count_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Tampered):
        read(b"FENGKEY1" + struct.pack(">I", 2**32 - 1) + bytes(32))


def test_the_mark_of_an_erased_record_is_32_zero_bytes() -> None:
    assert bytes(32) == ERASED
    assert read(write([b"s" * 32, ERASED]))[1] == ERASED


def test_a_keyring_is_named_for_its_segment() -> None:
    assert key("019ab0c2") == "keyrings/019ab0c2"
