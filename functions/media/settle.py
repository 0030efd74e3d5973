"""A file's item, as the media room writes it: begun, sealed, found by its other name; and its locks, as then wanted."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from functions.archive.media import Shelf, Standing, Want, follow


class Table(Protocol):
    """The table Media. Each call is one write to one item, answered with the item after it. All raise TryLater."""

    def arrive(self, media: bytes, *, now: datetime) -> Standing:
        """An upload of it has come."""
        ...

    def begin(self, media: bytes, *, keyring: str, name: bytes, verdict: str) -> Standing:
        """Before anything of it is written: which keyring will open it, what else it is called, what the scan said."""
        ...

    def seal(self, media: bytes, *, generation: int, now: datetime) -> Standing:
        """This generation is in the vault: not missing, not mismatching, not erased.

        Raises TryLater also when it is not the one that counts any more.
        """
        ...

    def link(self, name: bytes, media_id: str, *, now: datetime) -> Standing:
        """Another name stands for that sealed file from now on."""
        ...

    def want(self, media: bytes, wants: Collection[Want], *, holds: Collection[str], now: datetime) -> Standing:
        """As `functions.archive.media.Media`."""
        ...

    def mismatch(self, media: bytes, *, now: datetime) -> None:
        """An upload was not this file. Nothing changes for one that is sealed."""
        ...


def settle(media_id: str, generation: int, *, table: Table, shelf: Shelf, now: datetime) -> None:
    """The file is in the vault: say so, and lock and hold it as everybody wants it who has said so until now.

    Whoever says so later sees that it is sealed, and follows it himself. Raises TryLater, Tampered.
    """
    media = bytes.fromhex(media_id)
    standing = table.seal(media, generation=generation, now=now)
    by_other_names = [table.link(bytes.fromhex(name), media_id, now=now) for name in sorted(standing.names)]
    wants = frozenset[Want]().union(*(one.wants for one in by_other_names)) - standing.wants
    holds = frozenset[str]().union(*(one.holds for one in by_other_names)) - standing.holds
    if wants or holds:
        standing = table.want(media, wants, holds=holds, now=now)
    follow(media_id, standing, shelf, now)
