"""An upload is in the intake bucket or in the vault, whatever happens on the way."""

import base64
import hashlib
import json

import pytest

from functions.capture.media import LARGEST_BYTES
from functions.errors import AlreadyStored, Rejected, TryLater
from functions.malware.rules import ENGINE, shipped
from functions.media.receive import Outcome, Received, read_arrival
from functions.media.sealed import CHUNK_BYTES, read_header
from functions.retrieval.media import NoSuchMedia
from functions.retrieval.read import Erased
from functions.segment import keyring as keyrings
from functions.segment.keyring import ERASED
from tests.fakes import Crash, Fuse, Stored
from tests.make import NOW
from tests.media import KEY, MediaRoom, make_file, sha256_hex

FILE = b"%PDF-1.7\n" + make_file(CHUNK_BYTES + 5)
ACT = "01939c5e-7f2a-7000-8000-000000000001"
MD5 = hashlib.md5(FILE, usedforsecurity=False).hexdigest()


def test_an_upload_is_sealed_locked_described_and_removed() -> None:
    room = MediaRoom()

    outcome = room.seal(room.upload(FILE, claimed_type="image/png", md5_hex=MD5))
    answer = room.read(sha256_hex(FILE))

    assert outcome == Received(Outcome.SEALED, "clean")
    assert base64.b64decode(answer["base64"]) == FILE
    assert answer["description"] == {
        "claimed_type": "image/png",
        "gateway": "gateway-one",
        "md5": MD5,
        "media_type": "application/pdf",
        "scan": {
            "clamd": None,
            "engine": ENGINE,
            "reasons": [],
            "rule_ids": [],
            "rules_version": shipped().version,
            "scanned_at": "2026-11-22T09:30:00.000Z",
            "verdict": "clean",
        },
        "sha256": sha256_hex(FILE),
        "uploaded_at": "2026-11-22T09:30:00.000Z",
    }
    assert answer["lock"] == {"mode": "COMPLIANCE", "retain_until": "2046-12-01T00:00:00.000Z", "legal_hold": "OFF"}
    assert room.uploads.waiting == {}


def test_the_same_content_is_stored_once_however_often_it_is_uploaded() -> None:
    room = MediaRoom()
    first, second = room.upload(FILE), room.upload(FILE)

    outcomes = [room.seal(one).outcome for one in (first, second, first)]

    assert outcomes == [Outcome.SEALED, Outcome.KNOWN, Outcome.KNOWN]
    assert len(room.vault.stored) == len(room.keyrings.stored) == 1
    assert room.uploads.waiting == {}


@pytest.mark.parametrize("wrong", [{"announced": b"another file"}, {"md5_hex": "0" * 32}], ids=["sha256", "md5"])
def test_an_upload_that_is_not_the_announced_file_is_not_sealed_and_stays(wrong: dict[str, object]) -> None:
    room = MediaRoom()
    notice = room.upload(FILE, **wrong)  # type: ignore[arg-type]

    with pytest.raises(Rejected, match="not the announced one"):
        room.seal(notice)
    assert room.vault.stored == room.keyrings.stored == {}
    assert len(room.uploads.waiting) == 1


def test_more_than_one_put_can_carry_is_refused_before_it_is_read() -> None:
    room = MediaRoom()

    with pytest.raises(Rejected, match="at most"):
        room.seal(room.upload(FILE, size_bytes=LARGEST_BYTES + 1))


def test_the_largest_file_fits_into_one_put_when_it_is_sealed() -> None:
    chunks = -(-LARGEST_BYTES // CHUNK_BYTES)

    assert LARGEST_BYTES + chunks * 16 + 65_536 <= 5 * 2**30


def test_an_upload_that_is_gone_is_waited_for() -> None:
    room = MediaRoom()
    notice = room.upload(FILE)
    room.uploads.waiting.clear()

    with pytest.raises(TryLater, match="not there"):
        room.seal(notice)


def test_a_mismatch_is_an_exception_on_the_files_item_until_it_is_sealed() -> None:
    room = MediaRoom()
    name = KEY.token("media", sha256_hex(FILE))
    with pytest.raises(Rejected):
        room.seal(room.upload(b"other", announced=FILE))
    assert room.items.items[name].mismatch_at == NOW

    room.seal(room.upload(FILE))

    assert room.items.items[name].mismatch_at is None


def test_a_file_is_read_by_its_md5_where_only_one_has_it() -> None:
    room = MediaRoom()
    room.seal(room.upload(FILE))

    assert room.read(MD5)["sha256"] == sha256_hex(FILE)
    with pytest.raises(NoSuchMedia):
        room.read("0" * 32)
    room.seal(room.upload(b"another"))
    room.items.link(KEY.token("media-md5", MD5), KEY.token("media", sha256_hex(b"another")).hex(), now=NOW)
    with pytest.raises(Rejected, match="more than one"):
        room.read(MD5)


def effects() -> int:
    room = MediaRoom()
    room.seal(room.upload(FILE))
    return room.fuse.count


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(1, effects() + 1))
def test_a_death_at_any_step_leaves_the_upload_or_the_sealed_file(at: int, when: str) -> None:  # G1
    room = MediaRoom(fuse=Fuse(at, when))
    notice = room.upload(FILE)

    with pytest.raises(Crash):
        room.seal(notice)
    assert room.uploads.waiting or room.vault.stored
    for stored in room.vault.stored.values():
        assert keyrings.key(read_header(stored.body).keyring) in room.keyrings.stored

    room.use(Fuse())
    room.seal(notice)
    assert base64.b64decode(room.read(sha256_hex(FILE))["base64"]) == FILE
    assert room.uploads.waiting == {}


class LostAnswer(MediaRoom):
    """S3 keeps what is put, or something of that name, and says it was there before."""

    def __init__(self, *, kept: bool) -> None:
        super().__init__()
        self.vault.put_stream = self._refuse  # type: ignore[method-assign]
        self.kept = kept

    def _refuse(self, key: str, *_: object, **__: object) -> str:
        if self.kept:
            self.vault.stored[key] = Stored(key=key, version_id="v", body=b"", lock=None)
        raise AlreadyStored(key)


def test_a_file_stored_meanwhile_counts_when_it_is_locked() -> None:
    room = LostAnswer(kept=True)

    assert room.seal(room.upload(FILE)).outcome is Outcome.KNOWN
    room = LostAnswer(kept=False)
    with pytest.raises(TryLater, match="not the locked file"):
        room.seal(room.upload(FILE))
    assert len(room.uploads.waiting) == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        '{"detail": {"object": {"key": 5, "version-id": "v"}}}',
        '{"detail": {"object": {"key": "uploads/x", "version-id": "v"}}}',
        json.dumps({"detail": {"object": {"key": "uploads/" + "0" * 32}}}),
    ],
)
def test_a_notice_about_no_upload_is_none_of_ours(body: str) -> None:
    with pytest.raises(Rejected):
        read_arrival(body)


def test_an_erased_file_says_so_and_one_that_never_came_as_well() -> None:
    room = MediaRoom()
    room.seal(room.upload(FILE))
    ((key, ring),) = room.keyrings.stored.items()
    room.keyrings.stored[key] = Stored(
        key=key, version_id=ring.version_id, body=keyrings.write([ERASED]), lock=ring.lock
    )

    with pytest.raises(Erased):
        room.read(sha256_hex(FILE))
    with pytest.raises(NoSuchMedia):
        room.read(sha256_hex(b"never"))
    with pytest.raises(Rejected, match="SHA-256"):
        room.read("F" * 64)
