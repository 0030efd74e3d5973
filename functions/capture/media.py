"""What a media file is called: by a keyed name of its content, so that it is kept once and tells nothing."""

import base64
import hashlib
import re

from pydantic import BaseModel, ConfigDict, ValidationError

from functions.capture.content import MediaFile
from functions.capture.tokens import IndexKey

LARGEST_BYTES = 5 * 2**30 - 2**20  # sealed it still fits into one PutObject, 5 GiB: the vault takes no multipart upload
MEDIA_ID = re.compile(r"[0-9a-f]{32}")
SHA256_HEX = re.compile(r"[0-9a-f]{64}")
UPLOADS = "uploads/"


def media_id(key: IndexKey, sha256_hex: str) -> str:
    """32 hex digits: the token under which the index files captures that name this file."""
    return key.token("media", sha256_hex).hex()


def upload_key(name: str) -> str:
    """Object key in the intake bucket, where the file waits to be sealed."""
    return f"{UPLOADS}{name}"


def object_key(name: str) -> str:
    """Object key in the vault. Without a date: whoever knows the SHA-256 finds it (docs/adr/0010)."""
    return f"media/{name}"


class _Content(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    media: tuple[MediaFile, ...] = ()


class _Data(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    content: _Content


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    data: _Data


def brought_along(capture: bytes) -> frozenset[str]:
    """SHA-256 of each file that a gateway's event holds itself. Total: of anything else, none."""
    try:
        files = _Event.model_validate_json(capture).data.content.media
    except ValidationError:
        return frozenset()
    return frozenset(_sha256(file.data_base64) for file in files if file.data_base64 is not None)


def _sha256(data_base64: str) -> str:
    """Of what it says; of text that is not base64, an empty name."""
    try:
        return hashlib.sha256(base64.b64decode(data_base64, validate=True)).hexdigest()
    except ValueError:
        return ""
