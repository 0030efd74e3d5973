"""A reader believes no name, no table and no room: what is given out is what was asked for, or nothing."""

import os
from dataclasses import replace

import pytest

from functions.canonical import moment_text
from functions.capture.media import media_id, object_key
from functions.errors import Tampered
from functions.media.sealed import Media, read_header
from functions.media.stream import Plain, Sealed
from functions.retrieval.answers import MediaStatus
from functions.retrieval.media import Range, read_media, statuses
from functions.retrieval.read import Chunk
from functions.retrieval.scanned import Asked
from tests.fakes import MemoryReader
from tests.make import NOW
from tests.media import KEY, MediaRoom, MemorySource, make_file, md5_hex, sha256_hex

FILE, OTHER = make_file(1000), make_file(1001)[:1000]


def room() -> MediaRoom:
    made = MediaRoom()
    made.seal(made.upload(FILE))
    return made


def status(made: MediaRoom, *, sha256: str | None = None, md5: str | None = None, present: bool = False) -> MediaStatus:
    envelope = {"media": [{"sha256": sha256, "md5": md5, "present": present}]}
    (told,) = statuses(envelope, made.reading())
    return told


def key_of(body: bytes) -> str:
    return object_key(media_id(KEY, sha256_hex(body)))


def forge(made: MediaRoom, body: bytes, *, says: str) -> None:
    """What a taken media room could seal under the file's name: these bytes, called so."""
    stored = made.vault.stored[key_of(FILE)]
    header = read_header(stored.body)
    key = made.keys.unwrap(header.wrapped_key, header.encryption_context)
    salt = next(iter(made.keyrings.stored.values())).body[12:]
    sealed = Sealed(Media(header, key=key, salt=salt), Plain(MemorySource(body), len(body)))
    sealed.examine(lambda _: None)
    scan = {"verdict": "clean", "rule_ids": [], "reasons": []}
    sealed.describe({"sha256": says, "media_type": "text/plain", "scan": scan})
    assert sealed.seekable()
    made.vault.stored[key_of(FILE)] = replace(stored, body=sealed.read())


def test_a_file_under_another_files_name_is_refused() -> None:  # G3
    made = room()
    made.vault.stored[key_of(OTHER)] = made.vault.stored[key_of(FILE)]

    with pytest.raises(Tampered, match="the object says it is"):
        made.read(sha256_hex(OTHER))


def test_a_file_that_says_it_is_another_is_refused() -> None:
    made = room()
    forge(made, OTHER, says=sha256_hex(OTHER))

    with pytest.raises(Tampered, match="says it has another SHA-256"):
        made.read(sha256_hex(FILE), 0, 1)


def test_a_file_that_lies_about_itself_is_refused_when_all_of_it_is_read() -> None:
    made = room()
    forge(made, OTHER, says=sha256_hex(FILE))

    with pytest.raises(Tampered, match="the file has another SHA-256"):
        made.read(sha256_hex(FILE))


class Short(MemoryReader):
    """A bucket that gives a byte less of what is long."""

    def read(self, key: str, version_id: str | None, *, start: int, length: int) -> Chunk:
        found = super().read(key, version_id, start=start, length=length)
        return replace(found, body=found.body[:-1]) if length == len(FILE) + 16 else found


def test_less_than_was_asked_for_is_refused() -> None:
    made = room()
    world = replace(made.reading(), vault=Short(made.vault))

    with pytest.raises(Tampered, match="1015 of 1016 bytes"):
        read_media(
            sha256_hex(FILE),
            Range(offset=0, length=None),
            asked=Asked(override=None, now=NOW, overrides=made),
            world=world,
        )


def test_a_file_that_only_an_md5_is_known_of_is_missing() -> None:
    assert status(room(), md5="0" * 32) == {
        "sha256": None,
        "md5": "0" * 32,
        "status": "missing",
        "since": None,
        "mismatch_at": None,
        "verdict": None,
    }


def test_a_record_says_since_when_a_file_is_missing_and_that_an_upload_was_another() -> None:
    made, token = MediaRoom(), KEY.token("media", sha256_hex(FILE))
    made.items.want(token, [], now=NOW)
    made.items.mismatch(token, now=NOW)

    told = status(made, sha256=sha256_hex(FILE))

    assert (told["status"], told["since"], told["mismatch_at"]) == ("missing", moment_text(NOW), moment_text(NOW))


def test_a_record_says_what_the_scan_said_of_a_sealed_file_by_whichever_name_it_knows_it() -> None:
    for told in (status(room(), sha256=sha256_hex(FILE)), status(room(), md5=md5_hex(FILE))):
        assert (told["status"], told["verdict"], told["since"]) == ("sealed", "clean", None)


def test_what_lies_inside_a_capture_was_not_scanned_and_what_has_no_name_is_missing() -> None:
    assert status(room(), sha256="0" * 64, present=True)["verdict"] == "unscanned"
    assert status(room(), present=False)["status"] == "missing"


def test_the_salt_alone_decides_whether_a_file_opens() -> None:
    made = room()
    ((ring_key, ring),) = made.keyrings.stored.items()
    made.keyrings.stored[ring_key] = replace(ring, body=ring.body[:12] + os.urandom(32))

    with pytest.raises(Tampered, match="commitment"):
        made.read(sha256_hex(FILE))
