"""Both suites: what they compute, and that nothing opens what it should not."""

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, strategies as st

from functions.errors import Rejected, Tampered
from functions.segment.suites import SUITES, open_frame, seal_frame, suite

KEY = bytes(range(32))
NAMES = sorted(SUITES)
PLAINTEXTS = st.binary(max_size=100)


def key_of(name: str, segment_key: bytes = KEY, salt: bytes = b"s" * 32) -> bytes:
    chosen = suite(name)
    return chosen.record_key(chosen.prototype(segment_key), salt)


@pytest.mark.parametrize("name", NAMES)
@given(plaintext=PLAINTEXTS, aad=st.binary(max_size=40))
def test_what_is_sealed_is_opened(name: str, plaintext: bytes, aad: bytes) -> None:
    frame = seal_frame(suite(name), key=key_of(name), plaintext=plaintext, aad=aad)

    assert len(frame) == 16 + len(plaintext) + 16
    assert open_frame(suite(name), key=key_of(name), frame=frame, aad=aad) == plaintext


@pytest.mark.parametrize("name", NAMES)
@given(plaintext=PLAINTEXTS, data=st.data())
def test_flipping_any_bit_of_a_frame_is_detected(name: str, plaintext: bytes, data: st.DataObject) -> None:  # G3
    frame = bytearray(seal_frame(suite(name), key=key_of(name), plaintext=plaintext, aad=b"aad"))
    bit = data.draw(st.integers(0, len(frame) * 8 - 1))
    frame[bit // 8] ^= 1 << bit % 8

    with pytest.raises(Tampered):
        open_frame(suite(name), key=key_of(name), frame=bytes(frame), aad=b"aad")


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_that_was_cut_anywhere_is_refused(name: str) -> None:  # G3
    frame = seal_frame(suite(name), key=key_of(name), plaintext=b"plain", aad=b"aad")

    for end in range(len(frame)):
        with pytest.raises(Tampered):
            open_frame(suite(name), key=key_of(name), frame=frame[:end], aad=b"aad")


@pytest.mark.parametrize("name", NAMES)
@given(segment_key=st.binary(min_size=32, max_size=32), salt=st.binary(min_size=32, max_size=32))
def test_another_key_or_salt_opens_nothing(name: str, segment_key: bytes, salt: bytes) -> None:  # G8
    frame = seal_frame(suite(name), key=key_of(name), plaintext=b"plain", aad=b"aad")

    with pytest.raises(Tampered, match="commitment"):
        open_frame(suite(name), key=key_of(name, segment_key, salt), frame=frame, aad=b"aad")


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_opens_in_its_own_place_only(name: str) -> None:
    frame = seal_frame(suite(name), key=key_of(name), plaintext=b"plain", aad=b"segment 0")

    with pytest.raises(Tampered, match="does not open"):
        open_frame(suite(name), key=key_of(name), frame=frame, aad=b"segment 1")


def test_a_frame_of_one_suite_does_not_open_in_another() -> None:
    frame = seal_frame(suite("SM4-GCM"), key=key_of("SM4-GCM"), plaintext=b"plain", aad=b"")

    with pytest.raises(Tampered):
        open_frame(suite("AES-256-GCM"), key=key_of("AES-256-GCM"), frame=frame, aad=b"")


@pytest.mark.parametrize(
    ("name", "algorithm", "size"), [("AES-256-GCM", hashes.SHA256(), 32), ("SM4-GCM", hashes.SM3(), 16)]
)
def test_record_keys_and_commitments_are_those_of_the_format_page(
    name: str, algorithm: hashes.HashAlgorithm, size: int
) -> None:
    def mac(key: bytes, message: bytes) -> bytes:
        one = hmac.HMAC(key, algorithm)
        one.update(message)
        return one.finalize()

    expected = mac(KEY, b"fengcun/record" + b"s" * 32)[:size]
    assert key_of(name) == expected
    assert suite(name).commit(expected) == mac(expected, b"fengcun/commit")[:16]


def test_a_frame_is_sealed_under_twelve_zero_bytes_as_the_format_page_says() -> None:  # G13
    key = key_of("AES-256-GCM")
    frame = seal_frame(suite("AES-256-GCM"), key=key, plaintext=b"plain", aad=b"aad")

    assert AESGCM(key).decrypt(bytes(12), frame[16:], b"aad") == b"plain"


@pytest.mark.parametrize("name", NAMES)
@given(salts=st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=5, unique=True))
def test_one_prototype_gives_every_salt_a_key_of_its_own(name: str, salts: list[bytes]) -> None:  # G8
    prototype = suite(name).prototype(KEY)

    assert len({suite(name).record_key(prototype, salt) for salt in salts}) == len(salts)


def test_sm4_gcm_is_that_of_rfc_8998() -> None:
    # RFC 8998 appendix A.1, its nonce replaced by ours would be another vector: the cipher itself is checked
    key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
    plain = b"".join(bytes([value]) * 8 for value in bytes.fromhex("aabbccddeeffeeaa"))
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    sealed = encryptor.update(plain) + encryptor.finalize()

    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    assert encryptor.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_a_suite_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(Rejected, match="no suite 'ROT13'; there are AES-256-GCM, SM4-GCM"):
        suite("ROT13")
