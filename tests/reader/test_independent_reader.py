"""A stranger with docs/formats.md alone reads what the archive wrote, and notices every change. G3, G13."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import independent_reader
from tests.archive import Archive, receipts
from tests.independent_reader import open_segment
from tests.make import body_of, make_event, make_post

SUITES = ("AES-256-GCM", "SM4-GCM")


@dataclass(frozen=True)
class Taken:
    """What someone takes out of the buckets."""

    archive: Archive
    segment: bytes
    keyring: bytes
    dictionary: bytes
    record_ids: list[str]
    captures: list[bytes]

    def open(self, segment: bytes | None = None, keyring: bytes | None = None) -> list[Any]:
        return open_segment(
            self.segment if segment is None else segment,
            self.keyring if keyring is None else keyring,
            self.archive.keys.unwrap,
            self.dictionary,
        )


def taken(suite_name: str, records: int) -> Taken:
    archive = Archive(suite_name=suite_name)
    events = [make_event(f"第 {number} 条", id=f"m-{number}") for number in range(records)]
    answer = archive.post(make_post(body_of(*events)))
    archive.run_archive()
    (segment,), (keyring,) = archive.segments(), archive.keyrings.stored.values()
    return Taken(
        archive=archive,
        segment=archive.vault.stored[segment].body,
        keyring=keyring.body,
        dictionary=next(one.body for key, one in archive.vault.stored.items() if key.startswith("dictionaries/")),
        record_ids=[receipt["record_id"] for receipt in receipts(answer)],
        captures=[json.dumps(event, ensure_ascii=False).encode() for event in events],
    )


def test_it_uses_cryptography_and_zstd_alone_and_stays_short() -> None:
    source = Path(independent_reader.__file__).read_text("utf-8")

    assert len(source.splitlines()) < 80
    for module in ("functions", "reader", "infra", "local", "boto3", "pydantic"):
        assert f"import {module}" not in source
        assert f"from {module}" not in source


@pytest.mark.parametrize("suite_name", SUITES)
@pytest.mark.parametrize("records", [1, 2, 3, 37])
def test_every_record_is_read_byte_for_byte(suite_name: str, records: int) -> None:
    loot = taken(suite_name, records)

    opened = loot.open()

    assert [parts["capture"] for _, parts in opened] == loot.captures
    assert [description["record_id"] for description, _ in opened] == loot.record_ids


@pytest.mark.parametrize("suite_name", SUITES)
def test_every_changed_byte_of_a_segment_is_noticed(suite_name: str) -> None:
    loot = taken(suite_name, 3)

    for position in range(len(loot.segment)):
        changed = bytearray(loot.segment)
        changed[position] ^= 1
        with pytest.raises(ValueError, match=r"^(not|the|a|JSON) "):
            loot.open(segment=bytes(changed))


def test_every_changed_byte_of_a_keyring_is_noticed() -> None:
    loot = taken("AES-256-GCM", 3)

    for position in range(len(loot.keyring)):
        changed = bytearray(loot.keyring)
        changed[position] ^= 1
        with pytest.raises(ValueError, match=r"keyring|the key is not the committed one"):
            loot.open(keyring=bytes(changed))


def test_an_erased_record_stays_shut_and_its_neighbours_open() -> None:
    loot = taken("AES-256-GCM", 3)
    erased = loot.keyring[:44] + bytes(32) + loot.keyring[76:]

    opened = loot.open(keyring=erased)

    assert opened[1] == ({}, {})
    assert [parts["capture"] for _, parts in (opened[0], opened[2])] == [loot.captures[0], loot.captures[2]]


def test_a_segment_is_not_opened_with_the_keyring_of_another() -> None:
    one, other = taken("AES-256-GCM", 3), taken("AES-256-GCM", 3)

    with pytest.raises(ValueError, match="record 0: the key is not the committed one"):
        one.open(keyring=other.keyring)


def test_as_a_script_it_prints_every_record(tmp_path: Path) -> None:
    loot = taken("AES-256-GCM", 2)
    ((key, _),) = [found for found in loot.archive.keys.known.values() if "fengcun:segment" in found[1]]
    files = {"segment": loot.segment, "keyring": loot.keyring, "dictionary": loot.dictionary, "key": key}
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)

    command = [sys.executable, independent_reader.__file__, *(str(tmp_path / name) for name in files)]
    said = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout

    assert [json.loads(line)["record_id"] for line in said.splitlines()] == loot.record_ids
