"""Read a part of one media file: the chunks it lies in, each opened and checked, and nothing else."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.archive.media import BY_MD5, BY_SHA256, Standing
from functions.canonical import moment_text
from functions.capture.media import MD5_HEX, SHA256_HEX, media_id
from functions.capture.tokens import IndexKey
from functions.errors import Fault, Rejected, Tampered
from functions.media.sealed import CHUNK_BYTES, LARGEST_HEADER_BYTES, SEALED_CHUNK_BYTES, Header, Media, read_header
from functions.retrieval.answers import MediaPart, MediaStatus, Whereabouts
from functions.retrieval.naming import Items, newest
from functions.retrieval.read import Bucket, Erased, Unwrap, lock_of
from functions.retrieval.scanned import Asked, check, inside
from functions.segment import keyring as keyrings
from functions.segment.keyring import ERASED
from functions.segment.suites import COMMIT_BYTES

LARGEST_RANGE_BYTES = 4 * 2**20
"""In base64 it stays below Lambda's 6 MB."""
LARGEST_DESCRIPTION_BYTES = 4096


class NoSuchMedia(Exception):
    """No sealed file of that content."""


class NoSuchRange(Exception):
    """The file ends before. The message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What reading a media file needs of the world."""

    vault: Bucket
    keyrings: Bucket
    unwrap: Unwrap
    index_key: IndexKey
    items: Items


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which part. `length` None is as much as one answer takes."""

    offset: int
    length: int | None

    def within(self, size_bytes: int) -> int:
        """Its length in a file of that size. Raises NoSuchRange."""
        if self.offset > size_bytes or (self.offset == size_bytes and size_bytes):
            raise NoSuchRange(f"the file has {size_bytes} bytes")
        return min(self.length or LARGEST_RANGE_BYTES, size_bytes - self.offset)


def parse_range(offset: str, length: str | None) -> Range:
    """From the query. Raises Rejected."""
    numbers = [one for one in (offset, length) if one is not None]
    if not all(one.isascii() and one.isdigit() and len(one) <= len(str(2**40)) for one in numbers):
        fault = Fault(pointer="offset", detail="offset and length are whole numbers of bytes")
        raise Rejected("not a range", (fault,))
    if length is not None and not 1 <= int(length) <= LARGEST_RANGE_BYTES:
        fault = Fault(pointer="length", detail=f"1 to {LARGEST_RANGE_BYTES} bytes at a time")
        raise Rejected("not a length that one answer can have", (fault,))
    return Range(offset=int(offset), length=None if length is None else int(length))


def statuses(envelope: Mapping[str, Any], world: World) -> list[MediaStatus]:
    """Of each file that a record names: `sealed` in the vault, `inline` in the capture, `erased`, or `missing`."""
    return [_status(one, world) for one in envelope["media"]]


def _status(file: Mapping[str, Any], world: World) -> MediaStatus:
    name = _token(file["sha256"], file["md5"], world.index_key)
    standing = (world.items.get(name) if name else None) or Standing()
    found = [(one, _whether_sealed(media, one, world)) for media, one in _files(name, standing, world.items)]
    sealed = next((one for one, opens in found if opens), None)
    gone = next((one for one, opens in found if opens is False), None)
    status: Whereabouts = "sealed" if sealed else "inline" if file["present"] else "erased" if gone else "missing"
    there = status in {"sealed", "inline"}
    return {
        "sha256": file["sha256"],
        "md5": file["md5"],
        "status": status,
        "since": None if there else _text(gone.erased_at if gone else standing.wanted_at),
        "mismatch_at": None if there else _text(standing.mismatch_at),
        "verdict": sealed.verdict if sealed else inside(file),
    }


def _whether_sealed(media: str, standing: Standing, world: World) -> bool | None:
    """Whether it can be opened; None where there is nothing. Only what may have been erased is looked into."""
    key = newest(media, standing, world.vault)
    if key is None or standing.erased_at is None:
        return None if key is None else True
    header = read_header(world.vault.read(key, None, start=0, length=LARGEST_HEADER_BYTES).body)
    return _salt_of(world, header) != ERASED


def _token(sha256_hex: str | None, md5_hex: str | None, key: IndexKey) -> bytes | None:
    if sha256_hex:
        return key.token(BY_SHA256, sha256_hex)
    return key.token(BY_MD5, md5_hex) if md5_hex else None


def _files(name: bytes | None, standing: Standing, items: Items) -> list[tuple[str, Standing]]:
    """The media ids that a name stands for, and their items: its own, and where it is an MD5 those linked to it."""
    others = [(one, items.get(bytes.fromhex(one)) or Standing()) for one in sorted(standing.files)]
    return [] if name is None else [(name.hex(), standing), *others]


def _text(moment: datetime | None) -> str | None:
    return moment_text(moment) if moment else None


def named(digest_hex: str, world: World) -> str:
    """The media id of the file that a SHA-256 or an MD5 names. Raises Rejected, NoSuchMedia."""
    if SHA256_HEX.fullmatch(digest_hex):
        return media_id(world.index_key, digest_hex)
    if MD5_HEX.fullmatch(digest_hex) is None:
        fault = Fault(pointer="sha256", detail="expected 64 lowercase hex digits, or the 32 of an MD5")
        raise Rejected("neither a SHA-256 nor an MD5", (fault,))
    standing = world.items.get(world.index_key.token(BY_MD5, digest_hex)) or Standing()
    files = [one for one in sorted(standing.files) if _key(one, world)]
    if len(files) > 1:
        fault = Fault(pointer="sha256", detail="ask by SHA-256; the index finds the records that name either file")
        raise Rejected("more than one file has this MD5", (fault,))
    if not files:
        raise NoSuchMedia
    return files[0]


def read_media(digest_hex: str, part: Range, *, asked: Asked, world: World) -> MediaPart:
    """The answer of `GET /media/{sha256}`.

    Raises Rejected, NoSuchMedia, NoSuchRange, Withheld, Erased, Tampered, TryLater.
    """
    name = named(digest_hex, world)
    key = _key(name, world)
    if key is None:
        raise NoSuchMedia
    # (1) the header: it is this file's, and S3 says how it is locked
    front = world.vault.read(key, None, start=0, length=LARGEST_HEADER_BYTES)
    header = read_header(front.body)
    if header.key != key:
        raise Tampered(f"{key}: the object says it is {header.key}")
    length = part.within(header.size_bytes)
    # (2) the key, which the object commits to
    media = Media(header, key=world.unwrap(header.wrapped_key, header.encryption_context), salt=_salt(world, header))
    media.check_commit(front.body[len(media.front) : len(media.front) + COMMIT_BYTES])
    # (3) what is sealed behind the chunks names the SHA-256 that was asked for
    description = _description(world, media, key, front.size_bytes)
    sha256_hex = description["sha256"]
    if media_id(world.index_key, sha256_hex) != name:
        raise Tampered(f"{key}: the file says it has another SHA-256")
    # (4) the scan found it clean, or somebody answers for giving it out
    check(description, name, asked)
    body = _plaintext(world, media, key, part.offset, length)
    # (5) whoever asks for all of it gets the proof of all of it
    if length == header.size_bytes and hashlib.sha256(body).hexdigest() != sha256_hex:
        raise Tampered(f"{key}: the file has another SHA-256")
    return {
        "sha256": sha256_hex,
        "size_bytes": header.size_bytes,
        "media_type": description["media_type"],
        "description": description,
        "offset": part.offset,
        "length": length,
        "base64": base64.b64encode(body).decode(),
        "location": {"bucket": world.vault.name, "key": key},
        "lock": lock_of(front),
    }


def _key(media: str, world: World) -> str | None:
    return newest(media, world.items.get(bytes.fromhex(media)) or Standing(), world.vault)


def _salt(world: World, header: Header) -> bytes:
    salt = _salt_of(world, header)
    if salt == ERASED:
        raise Erased
    return salt


def _salt_of(world: World, header: Header) -> bytes:
    start, length = keyrings.salt_range(0)
    return world.keyrings.read(keyrings.key(header.keyring), None, start=start, length=length).body


def _description(world: World, media: Media, key: str, size_bytes: int) -> dict[str, Any]:
    length = size_bytes - media.description_at
    if not 0 < length <= LARGEST_DESCRIPTION_BYTES:
        raise Tampered(f"{key}: {size_bytes} bytes do not fit a file of {media.header.size_bytes}")
    return media.open_description(world.vault.read(key, None, start=media.description_at, length=length).body)


def _plaintext(world: World, media: Media, key: str, offset: int, length: int) -> bytes:
    first, last = offset // CHUNK_BYTES, max(offset + length - 1, 0) // CHUNK_BYTES
    start, sealed_length = media.chunk_range(first, last)
    sealed = world.vault.read(key, None, start=start, length=sealed_length).body
    if len(sealed) != sealed_length:
        raise Tampered(f"{key}: {len(sealed)} of {sealed_length} bytes")
    cuts = range(0, sealed_length, SEALED_CHUNK_BYTES)
    opened = [media.open(first + at, sealed[cut : cut + SEALED_CHUNK_BYTES]) for at, cut in enumerate(cuts)]
    return b"".join(opened)[offset - first * CHUNK_BYTES :][:length]
