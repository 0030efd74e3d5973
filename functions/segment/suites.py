"""Which algorithms a segment uses: one international suite, one of the PRC's commercial cryptography."""

import hmac as standard_hmac
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from functions.errors import Rejected, Tampered

TAG_BYTES = 16
COMMIT_BYTES = 16
ZERO_NONCE = bytes(12)  # safe because each key encrypts exactly one message
RECORD_LABEL = b"fengcun/record"
COMMIT_LABEL = b"fengcun/commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """`encrypt(key, plaintext, aad)` gives ciphertext | tag[16]; `decrypt` is its inverse and raises InvalidTag."""

    name: str
    key_bytes: int
    hash: hashes.HashAlgorithm
    encrypt: Callable[[bytes, bytes, bytes], bytes]
    decrypt: Callable[[bytes, bytes, bytes], bytes]

    def prototype(self, segment_key: bytes) -> hmac.HMAC:
        """A keyed HMAC to copy from: cheaper than keying it again for each record."""
        prototype = hmac.HMAC(segment_key, self.hash)
        prototype.update(RECORD_LABEL)
        return prototype

    def record_key(self, prototype: hmac.HMAC, salt: bytes) -> bytes:
        """key_i = HMAC-H(segment_key, "fengcun/record" | salt_i), cut to size."""
        mac = prototype.copy()
        mac.update(salt)
        return mac.finalize()[: self.key_bytes]

    def commit(self, key: bytes) -> bytes:
        """commit_i = HMAC-H(key_i, "fengcun/commit")[:16]: binds the key, which GCM alone does not."""
        mac = hmac.HMAC(key, self.hash)
        mac.update(COMMIT_LABEL)
        return mac.finalize()[:COMMIT_BYTES]


def suite(name: str) -> Suite:
    """Raises Rejected with the names there are."""
    if name not in SUITES:
        raise Rejected(f"no suite {name!r}; there are {', '.join(SUITES)}")
    return SUITES[name]


def seal_frame(chosen: Suite, *, key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """commit[16] | ciphertext | tag[16]."""
    return chosen.commit(key) + chosen.encrypt(key, plaintext, aad)


def open_frame(chosen: Suite, *, key: bytes, frame: bytes, aad: bytes) -> bytes:
    """The inverse. Raises Tampered when the key is not the frame's, or a byte has changed."""
    if not standard_hmac.compare_digest(chosen.commit(key), frame[:COMMIT_BYTES]):
        raise Tampered("the frame's commitment does not match its key")
    try:
        return chosen.decrypt(key, frame[COMMIT_BYTES:], aad)
    except (InvalidTag, ValueError) as error:
        raise Tampered("the frame does not open under the key it commits to") from error


def _aes_encrypt(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    return AESGCM(key).encrypt(ZERO_NONCE, plaintext, aad)


def _aes_decrypt(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    return AESGCM(key).decrypt(ZERO_NONCE, sealed, aad)


def _sm4_encrypt(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(ZERO_NONCE)).encryptor()
    encryptor.authenticate_additional_data(aad)
    return encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag


def _sm4_decrypt(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    ciphertext, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(ZERO_NONCE, tag)).decryptor()
    decryptor.authenticate_additional_data(aad)
    return decryptor.update(ciphertext) + decryptor.finalize()


SUITES = {
    one.name: one
    for one in (
        Suite(name="AES-256-GCM", key_bytes=32, hash=hashes.SHA256(), encrypt=_aes_encrypt, decrypt=_aes_decrypt),
        # GB/T 32907-2016 (SM4), RFC 8998 §2 (its GCM), GB/T 32905-2016 (SM3); read 2026-11
        Suite(name="SM4-GCM", key_bytes=16, hash=hashes.SM3(), encrypt=_sm4_encrypt, decrypt=_sm4_decrypt),
    )
}
