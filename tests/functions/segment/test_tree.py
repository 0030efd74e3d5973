"""The Merkle tree, against RFC 6962 §2.1 written down as it stands there."""

import hashlib

import pytest
from hypothesis import given, strategies as st

from functions.segment.tree import leaf, root


def tree_head(entries: list[bytes]) -> bytes:
    """RFC 6962 §2.1: MTH, recursively, split at the largest power of two smaller than n."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1 << (len(entries) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree_head(entries[:split]) + tree_head(entries[split:])).digest()


@pytest.mark.parametrize("size", range(71))
def test_a_tree_of_any_size_has_the_head_of_rfc_6962(size: int) -> None:
    entries = [b"frame %d" % at for at in range(size)]

    assert root([leaf(entry) for entry in entries]) == tree_head(entries)


@given(st.lists(st.binary(max_size=3), max_size=300))
def test_a_tree_of_any_entries_has_the_head_of_rfc_6962(entries: list[bytes]) -> None:
    assert root([leaf(entry) for entry in entries]) == tree_head(entries)


@given(st.lists(st.binary(max_size=3), min_size=1, max_size=40), st.data())
def test_any_other_entry_changes_the_head(entries: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(entries) - 1))
    other = data.draw(st.binary(max_size=3).filter(lambda entry: entry != entries[at]))

    leaves = [leaf(entry) for entry in entries]
    assert root(leaves) != root([*leaves[:at], leaf(other), *leaves[at + 1 :]])


@given(st.lists(st.binary(max_size=3), min_size=2, max_size=40, unique=True), st.data())
def test_any_other_order_changes_the_head(entries: list[bytes], data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.integers(0, len(entries) - 1), min_size=2, max_size=2, unique=True))
    leaves = [leaf(entry) for entry in entries]
    swapped = list(leaves)
    swapped[one], swapped[other] = leaves[other], leaves[one]

    assert root(leaves) != root(swapped)


def test_a_leaf_cannot_be_passed_off_as_a_node() -> None:
    one, other = leaf(b"1"), leaf(b"2")

    assert root([one, other]) != leaf(one + other)
    assert root([root([one, other])]) == root([one, other])


def test_the_heads_that_certificate_transparency_publishes_are_made() -> None:
    # merkle tree test data of certificate-transparency, cpp/merkletree/merkle_tree_test.cc (read 2026-11)
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [leaf(bytes.fromhex(text)) for text in inputs]

    assert root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root(leaves[:7]).hex() == "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    assert root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
