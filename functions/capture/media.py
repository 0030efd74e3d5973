"""What a media file is called: by a keyed name of its content, so that it is kept once and tells nothing."""

import re

from functions.capture.tokens import IndexKey

LARGEST_BYTES = 5 * 2**30 - 2**20  # sealed it still fits into one PutObject, 5 GiB: the vault takes no multipart upload
MEDIA_ID = re.compile(r"[0-9a-f]{32}")
SHA256_HEX = re.compile(r"[0-9a-f]{64}")
MD5_HEX = re.compile(r"[0-9a-f]{32}")
UPLOADS = "uploads/"


def media_id(key: IndexKey, sha256_hex: str) -> str:
    """32 hex digits: the token under which the index files captures that name this file."""
    return key.token("media", sha256_hex).hex()


def upload_key(name: str) -> str:
    """Object key in the intake bucket, where the file waits to be sealed."""
    return f"{UPLOADS}{name}"


def object_key(name: str, generation: int = 0) -> str:
    """Object key in the vault. Without a date: whoever knows the SHA-256 finds it (docs/adr/0010).

    A file that comes again after it was erased is another object (docs/adr/0030).
    """
    return f"media/{name}.{generation}" if generation else f"media/{name}"
