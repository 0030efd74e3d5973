"""The platform's side of a callback, for tests: encrypt and sign as WeCom and WeChat do."""

import base64
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

CANARY_TOKEN = "CanaryToken7Qx"
CANARY_AES_KEY = "CanaryAesKey00000000000000000000000000000xY"


def encrypt(message: bytes, *, receive_id: str, aes_key: str = CANARY_AES_KEY, block: int = 32) -> str:
    """random[16] | u32 length | message | receiveid, padded to 32, AES-256-CBC, base64."""
    plain = os.urandom(16) + struct.pack(">I", len(message)) + message + receive_id.encode()
    padding = block - len(plain) % block
    return encrypt_blocks(plain + bytes([padding]) * padding, aes_key=aes_key)


def encrypt_blocks(padded: bytes, *, aes_key: str = CANARY_AES_KEY) -> str:
    """Whole blocks, as they are."""
    key = base64.b64decode(aes_key + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def signed_query(
    encrypted: str, *, token: str = CANARY_TOKEN, timestamp: str = "1795339798", nonce: str = "4711"
) -> dict[str, str]:
    """The query of a POST."""
    parts = sorted((token, timestamp, nonce, encrypted))
    signature = hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
    return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}


def plain_query(
    *, token: str = CANARY_TOKEN, timestamp: str = "1795339798", nonce: str = "4711", **more: str
) -> dict[str, str]:
    """The query of a WeChat callback or URL check: `signature` covers no body."""
    signature = hashlib.sha1("".join(sorted((token, timestamp, nonce))).encode(), usedforsecurity=False).hexdigest()
    return {"signature": signature, "timestamp": timestamp, "nonce": nonce, **more}


def secure_query(encrypted: str, **signed: str) -> dict[str, str]:
    """The query of a WeChat callback in secure or compatibility mode."""
    return {**plain_query(**signed), **signed_query(encrypted, **signed), "encrypt_type": "aes", "openid": "o-1"}
