"""The records that name a media file, by whichever of its names: it may be shown as long as one of them may."""

from collections.abc import Iterator
from typing import Protocol

from functions.archive.media import Standing
from functions.law.states import State
from functions.retrieval.find import Found, Postings
from functions.retrieval.read import World, locate, record_id_of
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


def naming(media: bytes, *, postings: Postings, items: Items, world: World) -> Iterator[State]:
    """The state of each record that names the file, one after another. Raises TryLater, Tampered."""
    rows = (Found(one, row) for name in names_of(media, items) for one in postings.query(name) for row in one.rows)
    for _, one in zip(range(MOST_ASKED), rows, strict=False):
        entry = locate(one, vault=world.vault, archive_id=world.archive_id).entry
        yield state_of(record_id_of(entry), entry.flags, world.states)
