"""How many pixels a picture claims, whatever it claims it with."""

import struct

import pytest
from hypothesis import given, strategies as st

from functions.media.images import MEASURES, is_bomb, pixels
from tests.media_files import png

SIZE = st.integers(1, 16_383)


def webp(form: bytes, rest: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + form + rest


def jpeg(width: int, height: int) -> bytes:
    app0 = b"\xff\xe0" + struct.pack(">H", 4) + b"xx"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3)
    return b"\xff\xd8" + app0 + b"\xff\xff\xff\x01" + frame


def tiff(order: str, width: int, height: int) -> bytes:
    """One size as a long, the other as a short, and a tag that says something else."""
    long = struct.pack(f"{order}HHII", 256, 4, 1, width)
    short = struct.pack(f"{order}HHIHH", 257, 3, 1, height, 0)
    other = struct.pack(f"{order}HHII", 258, 4, 1, 8)
    front = b"II*\0" if order == "<" else b"MM\0*"
    return front + struct.pack(f"{order}IH", 8, 3) + other + long + short


@given(width=SIZE, height=SIZE)
def test_every_format_says_the_size_that_was_put_into_it(width: int, height: int) -> None:
    lossless = struct.pack("<BI", 0x2F, (width - 1) | (height - 1) << 14)
    extended = bytes(8) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    pictures = [
        ("image/png", png(width, height)),
        ("image/gif", b"GIF89a" + struct.pack("<HH", width, height)),
        ("image/bmp", b"BM" + bytes(16) + struct.pack("<ii", width, -height)),
        ("image/webp", webp(b"VP8X", extended)),
        ("image/webp", webp(b"VP8L", bytes(4) + lossless)),
        ("image/webp", webp(b"VP8 ", bytes(10) + struct.pack("<HH", width, height))),
        ("image/jpeg", jpeg(width, height)),
        ("image/tiff", tiff("<", width, height)),
        ("image/tiff", tiff(">", width, height)),
    ]

    assert [pixels(*one) for one in pictures] == [width * height] * len(pictures)


@pytest.mark.parametrize("media_type", [*MEASURES, "video/mp4"])
@given(head=st.binary(max_size=80))
def test_whatever_a_header_holds_there_is_an_answer(media_type: str, head: bytes) -> None:
    assert pixels(media_type, head) >= 0


def test_a_jpeg_that_has_no_frame_where_one_belongs_says_nothing() -> None:
    assert pixels("image/jpeg", b"\xff\xd8\0\0\0\0") == 0


def test_a_picture_of_a_phone_is_none_and_one_that_takes_gigabytes_is_one() -> None:
    assert not is_bomb("image/png", png(16_320, 12_240))
    assert is_bomb("image/png", png(50_000, 50_000))
