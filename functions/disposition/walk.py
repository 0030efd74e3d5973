"""Which objects an order is about: segments found by the index, what they say themselves, and the files they name."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from functions.archive.media import Standing
from functions.canonical import from_epoch_ms
from functions.disposition.orders import Order
from functions.errors import Tampered
from functions.index.postings import Posting
from functions.law.holds import Hold, matches
from functions.media.sealed import LARGEST_HEADER_BYTES, read_header
from functions.retrieval.naming import Items, generations, names_of
from functions.retrieval.read import Bucket, look
from functions.segment import keyring as layout
from functions.segment.directory import Entry
from functions.segment.segment import Class

FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"


class Postings(Protocol):
    def query(self, token: bytes) -> Iterable[Posting]:
        """All postings of a token. Raises TryLater."""
        ...

    def between(self, token: bytes, first_day: str, last_day: str) -> Iterable[Posting]:
        """Those from one UTC date to another, both included. Raises TryLater."""
        ...


def segments(over: Hold | Order, postings: Postings, *, after: str) -> list[Posting]:
    """One posting of each segment that has a record of those whom it names, in the order of their ids.

    Without those up to `after`, which runs before have done. Raises TryLater.
    """
    by_id = {one.segment_id: one for one in every(over, postings)}
    return [by_id[name] for name in sorted(by_id) if name > after]


def every(over: Hold | Order, postings: Postings) -> Iterator[Posting]:
    """All postings of those whom it names, on its days. Raises TryLater."""
    first = over.sent_from.date().isoformat() if over.sent_from else FIRST_DAY
    last = over.sent_until.date().isoformat() if over.sent_until else LAST_DAY
    for token in sorted(over.custodians | over.conversations):
        yield from postings.between(token, first, last)


def covered(*holds: Hold) -> Callable[[Entry], bool]:
    """Whether any of these is about a record."""

    def meant(entry: Entry) -> bool:
        sent_at = from_epoch_ms(entry.sent_at_ms)
        return any(matches(hold, tokens=entry.tokens, sent_at=sent_at) for hold in holds)

    return meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An object of the vault and the keyring that opens it."""

    key: str
    version_id: str | None
    keyring: str
    klass: Class
    media: bytes | None = None
    """The name of the file, where it is one."""


@dataclass(frozen=True, slots=True)
class Found:
    """A segment, and those of its records that are meant."""

    pair: Pair
    entries: tuple[Entry, ...]
    every: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where an order walks."""

    postings: Postings
    vault: Bucket
    items: Items
    archive_id: str

    def read(self, posting: Posting, meant: Callable[[Entry], bool]) -> Found:
        """As the segment says, not as the index remembers. Raises TryLater, Tampered."""
        segment = look(posting, vault=self.vault, archive_id=self.archive_id)
        pair = Pair(
            key=segment.key,
            version_id=posting.version_id,
            keyring=layout.key(segment.header.segment_id),
            klass=segment.header.klass,
        )
        return Found(pair, tuple(one for one in segment.entries if meant(one)), segment.entries)

    def named(self, entries: Iterable[Entry]) -> dict[bytes, Standing]:
        """What may be a file's name among their tokens, and the files that an MD5 stands for. Raises TryLater."""
        tokens = {token for one in entries for token in one.tokens}
        found = {token: self.items.get(token) or Standing() for token in sorted(tokens)}
        files = {bytes.fromhex(file) for one in found.values() for file in one.files}
        return found | {file: self.items.get(file) or Standing() for file in sorted(files - tokens)}

    def media(self, files: Iterable[bytes]) -> Iterator[Pair]:
        """Every generation of those that are sealed, oldest first. Raises TryLater, Tampered."""
        for file in sorted(files):
            yield from self._generations(file)

    def _generations(self, file: bytes) -> Iterator[Pair]:
        for key in generations(file.hex(), self.vault):
            header = read_header(self.vault.read(key, None, start=0, length=LARGEST_HEADER_BYTES).body)
            if (header.archive, header.key) != (self.archive_id, key):
                raise Tampered(f"{key}: it is another file, or another archive's")
            yield Pair(key=key, version_id=None, keyring=layout.key(header.keyring), klass=header.klass, media=file)

    def naming(self, file: bytes) -> Iterator[Entry]:
        """Every record that names a file, by whichever name. Raises TryLater, Tampered."""
        for posting in (one for name in names_of(file, self.items) for one in self.postings.query(name)):
            ordinals = {row.ordinal for row in posting.rows}
            segment = look(posting, vault=self.vault, archive_id=self.archive_id)
            yield from (one for at, one in enumerate(segment.entries) if at in ordinals)
