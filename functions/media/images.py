"""How many pixels a picture claims to have, by its header alone: a viewer that believes it may need gigabytes."""

import struct
from collections.abc import Callable

MOST_PIXELS = 200_000_000
"""Above what any phone's camera makes; at four bytes each a viewer already takes 800 MB."""
LARGEST_TAGS = 512  # entries of a TIFF directory that are looked at
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Start-of-frame markers: ITU-T T.81, table B.1 (read 2026-11)
JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
WEBP_MASK = 0x3FFF
TIFF_SHORT, TIFF_LONG = 3, 4


def is_bomb(media_type: str, head: bytes) -> bool:
    """Whether the picture that begins with `head` claims too many pixels."""
    return pixels(media_type, head) > MOST_PIXELS


def pixels(media_type: str, head: bytes) -> int:
    """Width by height, as the first mebibyte says; 0 where it says nothing."""
    measure = MEASURES.get(media_type)
    if measure is None:
        return 0
    try:
        width, height = measure(head)
    except struct.error:
        return 0
    return abs(width) * abs(height)


def _png(head: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", head, 16)
    return width, height


def _gif(head: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", head, 6)
    return width, height


def _bmp(head: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<ii", head, 18)
    return width, height


def _webp(head: bytes) -> tuple[int, int]:
    """RFC 9649: the extended, the lossless and the lossy form."""
    form = head[12:16]
    if form == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        return 1 + (bits & WEBP_MASK), 1 + (bits >> 14 & WEBP_MASK)
    width, height = struct.unpack_from("<HH", head, 26)
    return width & WEBP_MASK, height & WEBP_MASK


def _jpeg(head: bytes) -> tuple[int, int]:
    """The first frame's header: ITU-T T.81, B.2.2."""
    at = 2
    while True:
        lead, marker = struct.unpack_from(">BB", head, at)
        if lead != 0xFF:  # noqa: PLR2004 - what begins a marker
            return 0, 0
        if marker == 0xFF:  # noqa: PLR2004 - and what fills up before one
            at += 1
        elif marker in JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        elif marker in JPEG_ALONE:
            at += 2
        else:
            at += 2 + struct.unpack_from(">H", head, at + 2)[0]


def _tiff(head: bytes) -> tuple[int, int]:
    """ImageWidth (256) and ImageLength (257) of the first directory: TIFF 6.0, section 2."""
    order = "<" if head[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}I", head, 4)
    (entries,) = struct.unpack_from(f"{order}H", head, at)
    found = {256: 0, 257: 0}
    for entry in range(min(entries, LARGEST_TAGS)):
        tag, kind = struct.unpack_from(f"{order}HH", head, at + 2 + 12 * entry)
        if tag in found and kind in {TIFF_SHORT, TIFF_LONG}:
            form = "H" if kind == TIFF_SHORT else "I"
            (found[tag],) = struct.unpack_from(f"{order}{form}", head, at + 10 + 12 * entry)
    return found[256], found[257]


MEASURES: dict[str, Callable[[bytes], tuple[int, int]]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/bmp": _bmp,
    "image/webp": _webp,
    "image/jpeg": _jpeg,
    "image/tiff": _tiff,
}
