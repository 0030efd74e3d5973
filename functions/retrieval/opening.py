"""Open the descriptions of several records, each once, however many copies there are, and no more than bounds allow."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from functions.capture.tokens import IndexKey
from functions.errors import Tampered
from functions.index.postings import Posting
from functions.retrieval.find import Found
from functions.retrieval.read import Erased, World, open_record
from functions.retrieval.states import Withheld


class Postings(Protocol):
    def query(self, token: bytes) -> Iterable[Posting]:
        """All postings of a token. Raises TryLater."""
        ...

    def between(self, token: bytes, first_day: str, last_day: str) -> Iterable[Posting]:
        """Those of a token from one UTC date to another, both included. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """Where records are looked for."""

    postings: Postings
    key: IndexKey
    world: World


def each(postings: Iterable[Posting]) -> list[Found]:
    return [Found(one, row) for one in postings for row in one.rows]


def descriptions(found: Iterable[Found], world: World, *, most: int) -> tuple[list[Mapping[str, Any]], bool]:
    """Each record once; and whether that is all: false if there are more, or some that could not be read."""
    distinct = {one.row.digest: one for one in found}
    opened = list(_readable(list(distinct.values())[:most], world))
    return opened, len(opened) == len(distinct)


def _readable(found: Iterable[Found], world: World) -> Iterator[Mapping[str, Any]]:
    """One that does not verify must not hide the record that was asked for; who reads it itself is told."""
    for one in found:
        try:
            yield open_record(one, world=world).description
        except (Erased, Tampered, Withheld):
            continue
