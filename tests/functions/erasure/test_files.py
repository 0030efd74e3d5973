"""A file goes with the last record that names it, and not before."""

from dataclasses import replace

import pytest

from functions.errors import Tampered
from tests.erasing import Erasing
from tests.functions.erasure.test_erase import EVENTS, FILE, every_salt, naming


def test_a_file_goes_with_its_last_record() -> None:
    erasing = Erasing()
    erasing.seal(FILE)
    one, other = erasing.deliver(naming(FILE, "m-1"), naming(FILE, "m-2"))

    erasing.erase(one)
    assert erasing.reports()[-1]["taken"][1]["kept"] == "another record names it"
    assert len(every_salt(erasing)) == 2
    erasing.erase(other)
    assert every_salt(erasing) == set()


def test_a_file_stays_while_a_record_names_it_by_another_name() -> None:
    erasing = Erasing()
    key = erasing.seal(FILE)
    (record, other) = erasing.deliver(naming(FILE, "m-1"), EVENTS[0])
    media, by_md5 = bytes.fromhex(key.rpartition("/")[2]), b"5" * 16
    erasing.archive.items.begin(media, keyring="k", name=by_md5, verdict="clean")
    for posting in list(erasing.archive.postings.query(bytes.fromhex(other)[:16])):
        rows = tuple(row for row in posting.rows if row.digest == bytes.fromhex(other)[16:])
        erasing.archive.postings.put([replace(posting, token=by_md5, rows=rows)])

    erasing.erase(record)
    assert erasing.reports()[-1]["taken"][1] == {"object": key, "kept": "another record names it"}


def test_a_file_of_a_fixed_class_stays_and_the_certificate_says_why() -> None:
    erasing = Erasing()
    key = erasing.seal(FILE)
    (record,) = erasing.deliver(naming(FILE, "m-1"))
    stored = erasing.archive.keyrings.stored
    for name, one in stored.items():
        if one.lock is not None and name not in {
            f"keyrings/{k.rpartition('/')[2]}" for k in erasing.archive.segments()
        }:
            stored[name] = replace(one, lock=replace(one.lock, mode="COMPLIANCE"))

    assert erasing.erase(record) == "erased_by_key_destruction"
    (_, media) = erasing.reports()[-1]["taken"]
    assert media["object"] == key
    assert media["kept"].startswith("cn.pipl.47.2")


def test_a_file_that_is_another_archives_is_tampering() -> None:
    erasing = Erasing()
    key = erasing.seal(FILE)
    other = erasing.seal(FILE + b"x")
    erasing.archive.vault.stored[key] = replace(erasing.archive.vault.stored[other], key=key)
    (record,) = erasing.deliver(naming(FILE, "m-1"))

    with pytest.raises(Tampered, match="another file"):
        erasing.erase(record)
