"""WeCom's side of a callback, for tests: encrypt and sign as the platform does."""

import base64
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

CANARY_TOKEN = "CanaryToken7Qx"
CANARY_AES_KEY = "CanaryAesKey00000000000000000000000000000xY"


def encrypt(message: bytes, *, receive_id: str, aes_key: str = CANARY_AES_KEY, block: int = 32) -> str:
    """random[16] | u32 length | message | receiveid, padded to 32, AES-256-CBC, base64."""
    key = base64.b64decode(aes_key + "=")
    plain = os.urandom(16) + struct.pack(">I", len(message)) + message + receive_id.encode()
    padding = block - len(plain) % block
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()


def signed_query(
    encrypted: str, *, token: str = CANARY_TOKEN, timestamp: str = "1795339798", nonce: str = "4711"
) -> dict[str, str]:
    """The query of a POST."""
    parts = sorted((token, timestamp, nonce, encrypted))
    signature = hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
    return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}
