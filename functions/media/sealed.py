"""A media file as the vault keeps it. Layout: docs/formats.md, "Media, versions 1 and 2"."""

import base64
import hashlib
import hmac as standard_hmac
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from functions.canonical import canonical, moment_text, parse_moment
from functions.capture.media import object_key
from functions.errors import Rejected, Tampered
from functions.segment.segment import Class
from functions.segment.suites import COMMIT_BYTES, TAG_BYTES, Suite, suite

Buffer = bytes | memoryview

FIRST, LATER = (b"FENGMED1", "fengcun.media.1"), (b"FENGMED2", "fengcun.media.2")
"""Magic and format: of a file's first generation, and of those that came after an erasure."""
MAGIC_BYTES = 8
CHUNK_BYTES = 2**20
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
LARGEST_HEADER_BYTES = 16_384
LABEL = b"fengcun/media"
MORE, LAST, DESCRIPTION = 0, 1, 2
"""Last byte of a nonce: what it encrypts."""
CIPHERS: dict[str, Any] = {"AES-256-GCM": algorithms.AES, "SM4-GCM": algorithms.SM4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The front of a media object. Says nothing that depends on the content, but for its size."""

    media_id: str
    generation: int = 0
    """How often the file had been erased when it came."""
    archive: str
    created_at: datetime
    klass: Class
    suite: Suite
    keyring: str
    """UUIDv7 of the keyring that holds the one salt."""
    size_bytes: int
    """Of the file."""
    kms_key: str
    wrapped_key: bytes
    encryption_context: dict[str, str]
    software: str

    @property
    def key(self) -> str:
        """Of the object that this may be the front of."""
        return object_key(self.media_id, self.generation)

    @property
    def chunks(self) -> int:
        """An empty file has one chunk too."""
        return max(1, -(-self.size_bytes // CHUNK_BYTES))


def encryption_context(*, archive: str, media_id: str, generation: int = 0) -> dict[str, str]:
    """What KMS binds a media file's key to."""
    later = {"fengcun:generation": str(generation)} if generation else {}
    return {"fengcun:archive": archive, "fengcun:media": media_id} | later


def front_of(header: Header) -> bytes:
    """The object's first bytes."""
    magic, name = LATER if header.generation else FIRST
    generation = {"generation": header.generation} if header.generation else {}
    document = canonical(
        {
            **generation,
            "format": name,
            "media_id": header.media_id,
            "archive": header.archive,
            "created_at": moment_text(header.created_at),
            "class": {
                "tier": header.klass.tier,
                "retain_until": header.klass.retain_until.isoformat(),
                "erasable": header.klass.erasable,
            },
            "suite": header.suite.name,
            "keyring": header.keyring,
            "chunk_bytes": CHUNK_BYTES,
            "size_bytes": header.size_bytes,
            "kms_key": header.kms_key,
            "wrapped_key": base64.b64encode(header.wrapped_key).decode(),
            "encryption_context": header.encryption_context,
            "software": header.software,
        }
    )
    return magic + struct.pack(">I", len(document)) + document


def read_header(front: bytes) -> Header:
    """From an object's first bytes (16 KiB always suffice). Raises Tampered."""
    try:
        (length,) = struct.unpack_from(">I", front, MAGIC_BYTES)
        header = _header(json.loads(front[MAGIC_BYTES + 4 : MAGIC_BYTES + 4 + length]))
        same = front_of(header) == front[: MAGIC_BYTES + 4 + length]
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError, Rejected) as error:
        raise Tampered("the media object's header cannot be read") from error
    if not same:
        raise Tampered("not the header of a media object of version 1 or 2: written again, it differs")
    bound = encryption_context(archive=header.archive, media_id=header.media_id, generation=header.generation)
    if header.encryption_context != bound:
        raise Tampered(f"media {header.media_id}: its key is bound to another archive or file")
    return header


def _header(document: dict[str, Any]) -> Header:
    klass = document["class"]
    return Header(
        media_id=document["media_id"],
        generation=document.get("generation", 0),
        archive=document["archive"],
        created_at=parse_moment(document["created_at"]),
        klass=Class(
            tier=klass["tier"], retain_until=date.fromisoformat(klass["retain_until"]), erasable=klass["erasable"]
        ),
        suite=suite(document["suite"]),
        keyring=document["keyring"],
        size_bytes=document["size_bytes"],
        kms_key=document["kms_key"],
        wrapped_key=base64.b64decode(document["wrapped_key"]),
        encryption_context=document["encryption_context"],
        software=document["software"],
    )


class Media:
    """One file's key at work: seals and opens its chunks in any order, one at a time.

    chunk_i = AEAD(key, nonce = 0^7 | u32 i | last, aad = SHA-256(front)): the STREAM construction (Hoang, Reyhanitabar,
    Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015, §7).
    """

    def __init__(self, header: Header, *, key: bytes, salt: bytes) -> None:
        """`key` as KMS unwraps it; `salt` must not be the mark of an erased file."""
        self.header = header
        self.front = front_of(header)
        mac = hmac.HMAC(key, header.suite.hash)
        mac.update(LABEL + salt)
        own = mac.finalize()[: header.suite.key_bytes]
        self.commit = header.suite.commit(own)
        self._algorithm = CIPHERS[header.suite.name](own)
        self._aad = hashlib.sha256(self.front).digest()

    @property
    def chunks_at(self) -> int:
        """Offset of the first chunk in the object."""
        return len(self.front) + COMMIT_BYTES

    @property
    def description_at(self) -> int:
        """Offset of the sealed description, which lasts to the object's end."""
        return self.chunks_at + self.header.size_bytes + self.header.chunks * TAG_BYTES

    def chunk_range(self, first: int, last: int) -> tuple[int, int]:
        """Offset and length in the object of the sealed chunks from `first` up to and with `last`."""
        start = self.chunks_at + first * SEALED_CHUNK_BYTES
        return start, min(self.chunks_at + (last + 1) * SEALED_CHUNK_BYTES, self.description_at) - start

    def check_commit(self, commit: bytes) -> None:
        """Raises Tampered when the key is not the one the object commits to: GCM alone does not bind it."""
        if not standard_hmac.compare_digest(self.commit, commit):
            raise Tampered(f"media {self.header.media_id}: its commitment does not match its key")

    def seal(self, ordinal: int, plaintext: Buffer) -> bytes:
        """One chunk: ciphertext | tag[16]."""
        return self._encrypt(self._nonce(ordinal), plaintext)

    def open(self, ordinal: int, sealed: bytes) -> bytes:
        """The inverse. Raises Tampered."""
        return self._decrypt(self._nonce(ordinal), sealed, f"chunk {ordinal} of {self.header.chunks}")

    def seal_description(self, description: Mapping[str, Any]) -> bytes:
        return self._encrypt(_nonce(0, DESCRIPTION), canonical(dict(description)))

    def open_description(self, sealed: bytes) -> dict[str, Any]:
        """Raises Tampered."""
        text = self._decrypt(_nonce(0, DESCRIPTION), sealed, "description")
        description: dict[str, Any] = json.loads(text)
        return description

    def _nonce(self, ordinal: int) -> bytes:
        return _nonce(ordinal, LAST if ordinal == self.header.chunks - 1 else MORE)

    def _encrypt(self, nonce: bytes, plaintext: Buffer) -> bytes:
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(self._aad)
        return b"".join((encryptor.update(plaintext), encryptor.finalize(), encryptor.tag))

    def _decrypt(self, nonce: bytes, sealed: bytes, what: str) -> bytes:
        try:
            decryptor = Cipher(self._algorithm, modes.GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
            decryptor.authenticate_additional_data(self._aad)
            return decryptor.update(memoryview(sealed)[:-TAG_BYTES]) + decryptor.finalize()
        except (InvalidTag, ValueError) as error:
            raise Tampered(f"media {self.header.media_id}: its {what} does not open") from error


def _nonce(ordinal: int, flag: int) -> bytes:
    return struct.pack(">7xIB", ordinal, flag)
