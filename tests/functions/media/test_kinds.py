"""What a file is, by its content."""

import zlib

import pytest
from hypothesis import given, strategies as st

from functions.media.kinds import HEAD_BYTES, SIGNATURES, UNKNOWN, detect


@pytest.mark.parametrize(("offset", "signature", "media_type"), SIGNATURES, ids=str)
def test_a_signature_is_recognised_where_it_belongs(offset: int, signature: bytes, media_type: str) -> None:
    assert detect(bytes(offset) + signature + b"...") == media_type


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"", UNKNOWN),
        ("您好\r\n".encode(), "text/plain"),
        ("。".encode() * HEAD_BYTES, "text/plain"),
        (b"a" * (HEAD_BYTES - 1) + "。".encode(), "text/plain"),
        ("。".encode()[:2], UNKNOWN),
        (b"a" * (HEAD_BYTES - 1) + b"\xff", UNKNOWN),
        (b"a\0b", UNKNOWN),
        (zlib.compress(b"x"), UNKNOWN),
        (b"\x02#!SILK_V3...", "audio/silk"),
    ],
)
def test_text_is_text_and_the_rest_is_bytes(head: bytes, media_type: str) -> None:
    assert detect(head) == media_type


@given(st.binary(max_size=600))
def test_anything_has_a_type(head: bytes) -> None:
    assert "/" in detect(head)
