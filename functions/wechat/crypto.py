"""Callback crypto of WeCom and WeChat (developer.work.weixin.qq.com/document/path/90968, read 2026-11).

Plaintext layout before AES-256-CBC: random[16] | u32 length | message | receiveid | PKCS#7 padding to 32.
The signature is checked before anything is decrypted, so that padding errors tell an attacker nothing.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from functions.errors import Rejected

KEY_CHARACTERS = 43
BLOCK_BYTES = 16
MOST_PADDING = 32  # Tencent pads to 32; others to 16: any valid length from 1 is read
RANDOM_BYTES = 16
HEAD_BYTES = RANDOM_BYTES + 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What one endpoint is configured with. Current values first, previous ones after them."""

    tokens: tuple[str, ...] = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)
    receive_ids: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A callback that verified."""

    message: bytes = field(repr=False)
    receive_id: str
    token: int
    """Position of the token that matched."""
    key: int
    """Position of the key that opened it."""


def decode_key(text: str) -> bytes:
    """32 bytes from an EncodingAESKey. Its last character may carry bits beyond the 256: they are ignored.

    Raises Rejected when it is not 43 letters and digits, or all zero (the key of Tencent's own debug page).
    """
    key = decode_any_key(text)
    if not any(key):
        raise Rejected("an EncodingAESKey of zero bytes protects nothing; generate one in the console")
    return key


def decode_any_key(text: str) -> bytes:
    """As `decode_key`, and takes the key of zero bytes that Tencent's documents encrypt their samples with."""
    if len(text) != KEY_CHARACTERS or not (text.isascii() and text.isalnum()):
        raise Rejected("an EncodingAESKey has exactly 43 letters and digits")
    return base64.b64decode(text + "=")


def sign(*parts: str) -> str:
    """40 lowercase hex digits over the parts, sorted as bytes and joined without separator.

    `msg_signature` is made over token, timestamp, nonce and the encrypted text; `signature` over the first three.
    """
    return hashlib.sha1(b"".join(sorted(map(_bytes, parts))), usedforsecurity=False).hexdigest()


def check_signature(signature: str, *, timestamp: str, nonce: str, tokens: Sequence[str]) -> int:
    """Position of the token that made an Official Account's `signature`, which covers no body. Raises Rejected."""
    position = _position(signature, (timestamp, nonce), tokens)
    if position is None:
        raise Rejected("-40001: signature does not match")
    return position


def open_callback(encrypted: str, *, signature: str, timestamp: str, nonce: str, credentials: Credentials) -> Opened:
    """Verify, then decrypt. Raises Rejected; the message starts with Tencent's own error number."""
    token = _position(signature, (timestamp, nonce, encrypted), credentials.tokens)
    if token is None:
        raise Rejected("-40001: msg_signature does not match")
    ciphertext = _decode(encrypted)
    position, message, receive_id = _first_that_opens(ciphertext, credentials.keys)
    if not _allowed(receive_id, credentials.receive_ids):
        raise Rejected("-40005: the receiveid is none of those configured for this endpoint")
    return Opened(message=message, receive_id=receive_id.decode(), token=token, key=position)


def _position(signature: str, signed: Sequence[str], tokens: Sequence[str]) -> int | None:
    for position, token in enumerate(tokens):
        if hmac.compare_digest(sign(token, *signed).encode(), _bytes(signature)):
            return position
    return None


def _bytes(text: str) -> bytes:
    """UTF-8, also of what no UTF-8 holds: a JSON envelope may spell half a surrogate pair."""
    return text.encode("utf-8", "surrogatepass")


def _decode(encrypted: str) -> bytes:
    try:
        ciphertext = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Rejected("-40010: Encrypt is not base64") from error
    if not ciphertext or len(ciphertext) % BLOCK_BYTES:
        raise Rejected("-40007: the ciphertext is not whole AES blocks")
    return ciphertext


def _first_that_opens(ciphertext: bytes, keys: Sequence[bytes]) -> tuple[int, bytes, bytes]:
    failure = Rejected("-40004: no EncodingAESKey is configured")
    for position, key in enumerate(keys):
        try:
            return (position, *_split(_decrypt(key, ciphertext)))
        except Rejected as rejected:
            failure = rejected
    raise failure


def _decrypt(key: bytes, ciphertext: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:BLOCK_BYTES])).decryptor()
    return decryptor.update(ciphertext) + decryptor.finalize()


def _split(padded: bytes) -> tuple[bytes, bytes]:
    padding = padded[-1]
    if not 1 <= padding <= MOST_PADDING or padded[-padding:] != bytes([padding]) * padding:
        raise Rejected("-40008: the padding is not PKCS#7 of 1 to 32 bytes")
    plain = padded[:-padding]
    if len(plain) < HEAD_BYTES:
        raise Rejected("-40008: shorter than its own head")
    (length,) = struct.unpack_from(">I", plain, RANDOM_BYTES)
    if HEAD_BYTES + length > len(plain):
        raise Rejected("-40008: the message is longer than the plaintext")
    return plain[HEAD_BYTES : HEAD_BYTES + length], plain[HEAD_BYTES + length :]


def _allowed(receive_id: bytes, configured: frozenset[str]) -> bool:
    matches = [hmac.compare_digest(receive_id, one.encode()) for one in configured]
    return any(matches)
