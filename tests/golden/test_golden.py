"""The bytes of every format, pinned: a new release writes the same, and reads what an older one wrote."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from functions.capture.aside import open_suspect, quarantine_context, wrapped_key_object
from functions.capture.delivery import encryption_context, open_delivery
from functions.capture.media import media_id, object_key
from functions.capture.package import unpack
from functions.errors import Tampered
from functions.index.postings import read_rows
from functions.segment import directory as directories, segment as segments
from functions.segment.dictionary import SHIPPED
from tests.golden.make import (
    EVENTS,
    FIRST,
    HERE,
    INDEX_KEY,
    PINNED,
    SUITES,
    data_key,
    delivery,
    files,
    fixed,
    media,
    media_file,
    media_label,
    records,
)
from tests.independent_media_reader import open_media
from tests.independent_reader import open_segment

MADE = files()


def golden(name: str) -> bytes:
    return (HERE / name).read_bytes()


def unwrap_for(name: str) -> object:
    def unwrap(wrapped: bytes, context: dict[str, str]) -> bytes:
        key = data_key(name, context)
        if wrapped != key.wrapped:
            raise Tampered("another key")
        return key.plaintext

    return unwrap


@pytest.mark.parametrize("name", sorted(MADE))
def test_this_release_writes_the_pinned_bytes(name: str) -> None:
    assert MADE[name] == golden(name)


@pytest.mark.parametrize("name", SUITES)
def test_this_release_reads_the_pinned_segments(name: str) -> None:
    packages = segments.open_all(
        golden(f"{name}.segment"),
        keyring=golden(f"{name}.keyring"),
        unwrap=unwrap_for(name),  # type: ignore[arg-type]
        dictionary=PINNED,
    )

    assert packages == [record.package for record in records()]


@pytest.mark.parametrize("name", SUITES)
def test_a_reader_written_from_the_formats_page_alone_opens_them(name: str) -> None:
    opened = open_segment(
        golden(f"{name}.segment"),
        golden(f"{name}.keyring"),
        unwrap_for(name),
        PINNED.body,
    )

    assert [parts["capture"] for _, parts in opened] == [path.read_bytes().strip() for path in EVENTS]


def test_that_reader_runs_as_a_program_on_files_taken_from_the_vault(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(data_key("aes", {}).plaintext)
    reader = HERE.parent / "independent_reader.py"

    done = subprocess.run(
        [sys.executable, reader, HERE / "aes.segment", HERE / "aes.keyring", FIRST, key],
        capture_output=True,
        text=True,
        check=True,
    )

    assert len(done.stdout.splitlines()) >= len(EVENTS)


def test_the_pinned_directory_says_what_the_segment_holds() -> None:
    directory = directories.read(golden("aes.directory"))

    assert len(directory.entries) == len(EVENTS)
    assert directory.entries[0].digest == records()[0].digest


def test_the_pinned_rows_are_read() -> None:
    assert all(row.ordinal < len(EVENTS) for row in read_rows(golden("postings.rows")))


def test_the_pinned_delivery_opens() -> None:
    key = data_key("delivery", encryption_context("golden"))

    opened = open_delivery(golden("gateway.delivery"), lambda _wrapped, _context: key.plaintext, archive_id="golden")

    assert opened == delivery()


def test_the_pinned_record_is_a_package_that_says_all_there_is_to_say() -> None:
    description, (capture,) = unpack(golden("record.2"))

    assert capture.body == EVENTS[0].read_bytes().strip()
    assert description["format"] == "fengcun.record.2"
    assert description["membership"] == {"joined": ["account-1"], "left": ["account-2"], "dissolved": False}
    assert description["flags"] == ["has_findings", "restricted", "not_inspected", "dual_regime", "unclean"]
    (file,) = description["media"]
    assert (file["verdict"], file["rule_ids"], file["reasons"]) == ("infected", ["FC-0001"], ["damaged"])


def test_the_pinned_suspect_opens_by_the_key_beside_it() -> None:
    record_id = delivery().items[0].record_id
    key = data_key("suspect", quarantine_context("golden", record_id))

    unwrap: Any = unwrap_for("suspect")
    opened = open_suspect(golden("suspect"), key.wrapped, unwrap, archive_id="golden", record_id=record_id)

    assert opened.capture(opened.items[0]) == EVENTS[0].read_bytes().strip()
    assert wrapped_key_object(golden("suspect"), record_id).startswith(f"suspect-keys/{record_id}/")


def test_no_dictionary_that_was_ever_shipped_changes() -> None:
    header = segments.read_header(golden("aes.segment"))
    names = {path.name: sha256(path.read_bytes()).hexdigest() for path in SHIPPED.parent.glob("*.zdict")}

    assert header.dictionary_sha256_hex == PINNED.sha256_hex
    assert names == {
        "1.zdict": PINNED.sha256_hex,
        "2.zdict": "81b3ec4699ab03061b619f60b60382700ca6049d0627f073664d5674ff056864",
    }


@pytest.mark.parametrize(("name", "generation"), [("aes", 0), ("sm4", 0), ("sm4", 1)])
def test_a_reader_of_media_written_from_the_formats_page_alone_opens_them(name: str, generation: int) -> None:
    pinned = {("sm4", 0): "sm4.media", ("sm4", 1): "sm4.media.2"}
    whole = golden(pinned[name, generation]) if name == "sm4" else media(name)
    label, known_as = media_label(name, generation), media_id(INDEX_KEY, sha256(media_file(name)).hexdigest())

    key, description, body = open_media(whole, unwrap_for(label), fixed(f"{label}/salt", 32))

    assert key == object_key(known_as, generation)
    assert body == media_file(name)
    assert description == {"media_type": "audio/amr", "sha256": sha256(body).hexdigest()}
