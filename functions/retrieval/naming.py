"""The records that name a media file, by whichever of its names: it may be shown as long as one of them may."""

from collections.abc import Iterator
from itertools import count, takewhile
from typing import Protocol

from functions.archive.media import Standing
from functions.capture.media import object_key
from functions.law.states import State
from functions.retrieval.find import Found, Postings
from functions.retrieval.read import Bucket, World, locate, record_id_of
from functions.retrieval.states import state_of

MOST_ASKED = 50
"""Records of one file. Beyond that, whoever may read it reads it through one that is active among the first."""


class Items(Protocol):
    def get(self, media: bytes) -> Standing | None:
        """What the table Media has under this name of a file. Raises TryLater."""
        ...


def names_of(media: bytes, items: Items) -> list[bytes]:
    """The tokens under which records may name this file: that of its SHA-256, and those of its MD5."""
    standing = items.get(media) or Standing()
    return sorted({media, *map(bytes.fromhex, standing.names)})


def files_of(token: bytes, items: Items) -> list[bytes]:
    """The files that a token may stand for, if it is the name of one: itself, or those of its MD5."""
    standing = items.get(token) or Standing()
    return sorted({token, *map(bytes.fromhex, standing.files)})


def newest(media_id: str, standing: Standing, vault: Bucket) -> str | None:
    """Object key of the generation that counts; while that is not sealed, of the one before, which was erased.

    Whether it was, its keyring says: the item could be wrong. Raises TryLater.
    """
    keys = [object_key(media_id, one) for one in (standing.generation, standing.generation - 1) if one >= 0]
    return next((key for key in keys if vault.holds(key)), None)


def generations(media_id: str, vault: Bucket) -> Iterator[str]:
    """Object keys of all that the vault has of a file, oldest first: none is made before the last is sealed and erased.

    What the item says does not matter here. Raises TryLater.
    """
    return takewhile(vault.holds, (object_key(media_id, one) for one in count()))


def naming(media: bytes, *, postings: Postings, items: Items, world: World) -> Iterator[State]:
    """The state of each record that names the file, one after another. Raises TryLater, Tampered."""
    rows = (Found(one, row) for name in names_of(media, items) for one in postings.query(name) for row in one.rows)
    for _, one in zip(range(MOST_ASKED), rows, strict=False):
        entry = locate(one, vault=world.vault, archive_id=world.archive_id).entry
        yield state_of(record_id_of(entry), entry.flags, world.states)
