"""The records that name a media file: it may be shown as long as one of them may."""

from collections.abc import Iterator

from functions.law.states import State
from functions.retrieval.find import Found, Postings
from functions.retrieval.read import World, locate, record_id_of
from functions.retrieval.states import state_of

MOST_ASKED = 50
"""Records of one file. Beyond that, whoever may read it reads it through one that is active among the first."""


def naming(token: bytes, *, postings: Postings, world: World) -> Iterator[State]:
    """The state of each record that names the file, one after another. Raises TryLater, Tampered."""
    found = [Found(posting, row) for posting in postings.query(token) for row in posting.rows]
    for one in found[:MOST_ASKED]:
        entry = locate(one, vault=world.vault, archive_id=world.archive_id).entry
        yield state_of(record_id_of(entry), entry.flags, world.states)
