"""A file that is not clean is sealed and marked, and given to nobody without an override; clamd has its say."""

import base64

import pytest

from functions.errors import Rejected, TryLater
from functions.media.receive import PATIENT_ATTEMPTS, Outcome, Received
from functions.retrieval.scanned import Asked, Withheld, check
from tests.clamd import clamd
from tests.make import NOW
from tests.media import KEY, MediaRoom, make_file, sha256_hex
from tests.media_files import EICAR, encrypted, zipped

ACT = "01939c5e-7f2a-7000-8000-000000000001"
FILE = b"%PDF-1.7\n" + make_file(1000)


def test_a_harmful_file_is_sealed_and_marked_and_given_to_nobody_without_an_override() -> None:
    room, name = MediaRoom(), sha256_hex(EICAR)

    assert room.seal(room.upload(EICAR)) == Received(Outcome.SEALED, "infected")
    with pytest.raises(Withheld, match="infected: FC-0001"):
        room.read(name)
    with pytest.raises(Withheld):
        room.read(name, override=ACT)
    room.granted.add((ACT, KEY.token("media", name).hex()))
    answer = room.read(name, override=ACT)
    assert base64.b64decode(answer["base64"]) == EICAR
    assert answer["description"]["scan"]["rule_ids"] == ["FC-0001"]


def test_what_is_inside_an_archive_and_what_cannot_be_looked_into_is_withheld_as_well() -> None:
    room = MediaRoom()

    assert room.seal(room.upload(zipped(("a.com", EICAR)))).verdict == "infected"
    assert room.seal(room.upload(encrypted())).verdict == "unscannable"
    with pytest.raises(Withheld, match="unscannable: encrypted"):
        room.read(sha256_hex(encrypted()))


def test_a_file_sealed_before_files_were_scanned_counts_as_not_scanned() -> None:
    room = MediaRoom()
    asked = Asked(override=None, now=NOW, overrides=room)

    with pytest.raises(Withheld, match="unscanned: nothing more"):
        check({"sha256": "00"}, "00", asked)


def test_clamd_is_asked_about_every_file_and_its_word_is_sealed_too() -> None:
    with clamd(answer=b"stream: Win.Test.Agent FOUND\0") as server:
        room = MediaRoom(clamd=server.endpoint)
        room.seal(room.upload(FILE))

    assert server.seen == [FILE]
    with pytest.raises(Withheld, match=r"clamd:Win\.Test\.Agent"):
        room.read(sha256_hex(FILE))


def test_a_mismatching_upload_leaves_no_connection_to_clamd_behind() -> None:
    with clamd() as server:
        room = MediaRoom(clamd=server.endpoint)
        with pytest.raises(Rejected):
            room.seal(room.upload(b"other", announced=FILE))
        assert room.seal(room.upload(FILE)).verdict == "clean", "clamd takes one connection after another"

    assert server.seen[-1] == FILE


def test_a_container_that_clamd_has_looked_into_is_clean() -> None:
    body = b"Rar!\x1a\x07\x01\0"
    with clamd() as server:
        room = MediaRoom(clamd=server.endpoint)

        assert room.seal(room.upload(body)).verdict == "clean"


def test_a_file_waits_for_a_clamd_that_does_not_answer_and_is_then_sealed_as_not_scanned() -> None:
    with clamd(answer=None) as server:
        room = MediaRoom(clamd=server.endpoint)
        notice = room.upload(FILE)

        for attempt in range(1, PATIENT_ATTEMPTS + 1):
            with pytest.raises(TryLater, match="clamd did not answer"):
                room.seal(notice, attempt=attempt)
        assert room.vault.stored == {}
        assert room.seal(notice, attempt=PATIENT_ATTEMPTS + 1).verdict == "unscanned"
    with pytest.raises(Withheld, match="unscanned: clamd did not answer"):
        room.read(sha256_hex(FILE))
