"""The dictionaries that frames were compressed with, by name; the one this release ships is at hand."""

import hashlib

from functions.errors import Tampered
from functions.retrieval.read import Bucket
from functions.segment.dictionary import Dictionary, load

LARGEST_BYTES = 2**20


class VaultDictionaries:
    """Those that older releases shipped lie in the vault."""

    def __init__(self, vault: Bucket, at_hand: Dictionary) -> None:
        self._vault = vault
        self._known = {at_hand.sha256_hex: at_hand}

    def load(self, sha256_hex: str) -> Dictionary:
        """Raises TryLater, and Tampered when the vault has none of that name or another under it."""
        if sha256_hex not in self._known:
            key = f"dictionaries/{sha256_hex}"
            body = self._vault.read(key, None, start=0, length=LARGEST_BYTES).body
            if hashlib.sha256(body).hexdigest() != sha256_hex:
                raise Tampered(f"{key}: the dictionary is not the one its name says")
            self._known[sha256_hex] = load(body)
        return self._known[sha256_hex]
