"""A record is opened with the very dictionary it was written with, for as long as it is kept."""

import pytest
from backports.zstd import train_dict

from functions.errors import Tampered
from functions.retrieval.dictionaries import VaultDictionaries
from functions.segment.dictionary import Dictionary, load, shipped
from tests.fakes import MemoryBucket, MemoryReader


@pytest.fixture(scope="module")
def newer() -> Dictionary:
    samples = [f"sample {at} of a later release, {at * at}".encode() for at in range(2000)]
    return load(train_dict(samples, 2048).dict_content)


@pytest.fixture
def vault() -> MemoryBucket:
    """Holds what today's release put there."""
    bucket = MemoryBucket("vault")
    bucket.put(shipped().key, shipped().body)
    return bucket


def test_the_dictionary_at_hand_is_not_looked_for(newer: Dictionary) -> None:
    assert VaultDictionaries(MemoryReader(MemoryBucket()), newer).load(newer.sha256_hex) is newer


def test_a_later_release_finds_todays_dictionary_in_the_vault_once(vault: MemoryBucket, newer: Dictionary) -> None:
    dictionaries = VaultDictionaries(MemoryReader(vault), newer)

    found = dictionaries.load(shipped().sha256_hex)

    assert found.body == shipped().body
    assert dictionaries.load(shipped().sha256_hex) is found


def test_a_dictionary_that_is_not_the_one_its_name_says_is_refused(
    vault: MemoryBucket, newer: Dictionary
) -> None:  # G3
    vault.put(shipped().key, newer.body)

    with pytest.raises(Tampered, match="not the one its name says"):
        VaultDictionaries(MemoryReader(vault), newer).load(shipped().sha256_hex)


def test_a_dictionary_nobody_kept_is_missed(newer: Dictionary) -> None:
    with pytest.raises(Tampered, match="not there"):
        VaultDictionaries(MemoryReader(MemoryBucket()), newer).load(shipped().sha256_hex)
