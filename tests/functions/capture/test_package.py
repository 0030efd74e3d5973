"""Packages: a description and the bytes it speaks of."""

import json
import struct
from typing import Any

import pytest
from hypothesis import given, strategies as st

from functions.canonical import canonical
from functions.capture.capture import Part
from functions.capture.package import pack, unpack
from functions.errors import Tampered
from tests.functions.strategies import ascii_keys, canonical_values, texts

PARTS = st.lists(st.builds(Part, name=texts, media_type=texts, body=st.binary(max_size=40)), max_size=4)
DESCRIPTIONS = st.dictionaries(ascii_keys.filter(lambda key: key != "parts"), canonical_values, max_size=3)


def packed(description: Any, rest: bytes = b"") -> bytes:
    head = json.dumps(description).encode()
    return struct.pack(">I", len(head)) + head + rest


@given(DESCRIPTIONS, PARTS)
def test_what_is_packed_is_unpacked(description: dict[str, Any], parts: list[Part]) -> None:
    found, unpacked = unpack(pack(description, parts))

    assert unpacked == tuple(parts)
    assert {name: value for name, value in found.items() if name != "parts"} == description


@given(DESCRIPTIONS, PARTS)
def test_a_package_is_laid_out_as_the_format_says(description: dict[str, Any], parts: list[Part]) -> None:
    listed = [{"name": part.name, "media_type": part.media_type, "length": len(part.body)} for part in parts]
    head = canonical({**description, "parts": listed})

    bodies = b"".join(part.body for part in parts)
    assert pack(description, iter(parts)) == len(head).to_bytes(4, "big") + head + bodies


@given(PARTS, st.data())
def test_a_package_that_was_cut_is_refused(parts: list[Part], data: st.DataObject) -> None:
    package = pack({}, parts)
    end = data.draw(st.integers(0, len(package) - 1))

    with pytest.raises(Tampered):
        unpack(package[:end])


@given(PARTS, st.binary(min_size=1))
def test_a_package_with_something_behind_it_is_refused(parts: list[Part], more: bytes) -> None:
    with pytest.raises(Tampered):
        unpack(pack({}, parts) + more)


@given(DESCRIPTIONS, PARTS, st.data())
def test_a_changed_byte_never_goes_unnoticed(
    description: dict[str, Any], parts: list[Part], data: st.DataObject
) -> None:
    package = bytearray(pack(description, parts))
    package[data.draw(st.integers(0, len(package) - 1))] ^= data.draw(st.integers(1, 255))

    try:
        found = unpack(bytes(package))
    except Tampered:
        return
    assert found != unpack(pack(description, parts))


@given(st.binary(max_size=200))
def test_bytes_that_are_no_package_are_refused_in_one_way(package: bytes) -> None:
    with pytest.raises(Tampered):
        unpack(package)


@pytest.mark.parametrize(
    "description",
    [
        [],
        "parts",
        None,
        {},
        {"parts": None},
        {"parts": [None]},
        {"parts": [{"name": "capture", "media_type": "x"}]},
        {"parts": [{"name": "capture", "length": 5}]},
        {"parts": [{"name": "capture", "media_type": "x", "length": "5"}]},
        {"parts": [{"name": "capture", "media_type": "x", "length": 5.0}]},
        {"parts": [{"name": "capture", "media_type": "x", "length": 4}]},
        {"parts": [{"name": "capture", "media_type": "x", "length": 6}]},
        {"parts": [{"name": f"{at}", "media_type": "x", "length": size} for at, size in enumerate((10, -5, 0))]},
        {"parts": [{"name": f"{at}", "media_type": "x", "length": size} for at, size in enumerate((5, 3, -3))]},
    ],
    ids=str,
)
def test_a_description_that_does_not_fit_its_bytes_is_refused(description: Any) -> None:
    with pytest.raises(Tampered):
        unpack(packed(description, b"12345"))


def test_a_description_nested_beyond_reason_is_refused() -> None:
    head = b"[" * 100_000

    with pytest.raises(Tampered):
        unpack(struct.pack(">I", len(head)) + head)
