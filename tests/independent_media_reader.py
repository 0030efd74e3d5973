"""A media object opened with docs/formats.md and `cryptography` alone."""

import json
from base64 import b64decode
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SUITES: Any = {"AES-256-GCM": (algorithms.AES, 32, hashes.SHA256), "SM4-GCM": (algorithms.SM4, 16, hashes.SM3)}
MIB = 1_048_576


def need(claim: object, sentence: str) -> None:
    if not claim:
        raise ValueError(sentence)


def mac(key: bytes, algorithm: Any, message: bytes) -> bytes:
    (made := hmac.HMAC(key, algorithm())).update(message)
    return made.finalize()


def open_media(whole: bytes, unwrap: Any, salt: bytes) -> tuple[str, Any, bytes]:
    """Check all, then give the object key it belongs under, description and file. `unwrap(wrapped_key, context)`."""
    at = 12 + int.from_bytes(whole[8:12], "big")
    header = json.loads(whole[12:at])
    object_key = f"media/{header['media_id']}"
    bound = {"fengcun:archive": header["archive"], "fengcun:media": header["media_id"]}
    if whole[:8] == b"FENGMED2":
        need(header["format"] == "fengcun.media.2" and header["generation"] >= 1, "not version 2")
        object_key += f".{header['generation']}"
        bound["fengcun:generation"] = str(header["generation"])
    else:
        need(whole[:8] + header["format"].encode() == b"FENGMED1fengcun.media.1", "not version 1")
    need(header["encryption_context"] == bound and header["chunk_bytes"] == MIB, "another archive or file")
    cipher, size, algorithm = SUITES[header["suite"]]
    key = mac(unwrap(b64decode(header["wrapped_key"]), bound), algorithm, b"fengcun/media" + salt)[:size]
    need(mac(key, algorithm, b"fengcun/commit")[:16] == whole[at : at + 16], "the key is not the committed one")
    aad = sha256(whole[:at]).digest()

    def opened(nonce: bytes, sealed: bytes) -> bytes:
        cover = Cipher(cipher(key), modes.GCM(nonce, sealed[-16:])).decryptor()
        cover.authenticate_additional_data(aad)
        return cover.update(sealed[:-16]) + cover.finalize()

    count, position, plain = max(1, -(-header["size_bytes"] // MIB)), at + 16, []
    for i in range(count):
        length = min(MIB, header["size_bytes"] - i * MIB) + 16
        nonce = bytes(7) + i.to_bytes(4, "big") + bytes([i == count - 1])
        plain.append(opened(nonce, whole[position : position + length]))
        position += length
    return object_key, json.loads(opened(bytes(11) + b"\2", whole[position:])), b"".join(plain)
