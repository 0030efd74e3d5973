"""The zstd dictionary of the frames."""

import hashlib

import pytest
from backports.zstd import ZstdDict, decompress as plain_decompress
from hypothesis import given, strategies as st

from functions.errors import Tampered
from functions.segment.dictionary import LARGEST_RECORD_BYTES, SHIPPED, load, shipped


def compressed(package: bytes) -> bytes:
    compressor = shipped().compressor()
    return compressor.compress(package, compressor.FLUSH_FRAME)


@given(st.binary(max_size=2000))
def test_what_is_compressed_with_the_dictionary_comes_back(package: bytes) -> None:
    assert shipped().decompress(compressed(package)) == package


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_one_compressor_serves_many_records_each_in_a_frame_of_its_own(packages: list[bytes]) -> None:
    compressor = shipped().compressor()
    frames = [compressor.compress(package, compressor.FLUSH_FRAME) for package in packages]

    assert [shipped().decompress(frame) for frame in frames] == packages
    assert frames == [compressed(package) for package in packages]


def test_any_zstd_reader_with_the_file_can_read_a_record() -> None:  # G13
    assert plain_decompress(compressed(b"a package"), zstd_dict=ZstdDict(SHIPPED.read_bytes())) == b"a package"


def test_a_dictionary_is_named_by_its_hash() -> None:
    digest = hashlib.sha256(SHIPPED.read_bytes()).hexdigest()

    assert shipped() is shipped()
    assert shipped().sha256_hex == digest
    assert shipped().key == f"dictionaries/{digest}"
    assert load(SHIPPED.read_bytes()).sha256_hex == digest


def test_a_frame_needs_the_dictionary_it_was_made_with() -> None:
    whole = bytearray(SHIPPED.read_bytes())
    whole[4] ^= 1  # the dictionary's own id, RFC 8878 §5
    other = load(bytes(whole))

    with pytest.raises(Tampered):
        other.decompress(compressed(b"a package"))


def test_a_record_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(Tampered, match="more than"):
        shipped().decompress(compressed(bytes(LARGEST_RECORD_BYTES + 1)))


def test_a_dictionary_does_not_show_when_it_is_printed() -> None:
    assert len(repr(shipped())) < 200
