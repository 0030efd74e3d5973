"""Which record takes back which: found when one of them is read, so it does not matter which came first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from functions.canonical import epoch_ms, parse_moment
from functions.capture.capture import Kind
from functions.capture.tokens import IndexKey, endpoint_name
from functions.errors import Tampered
from functions.index.postings import Posting
from functions.retrieval.answers import Links
from functions.retrieval.find import FIRST, LAST, Found
from functions.retrieval.read import Erased, World, open_record
from functions.retrieval.states import Withheld

WINDOW = timedelta(days=31)
"""How far from a recall its original is looked for, by the times at which they were sent."""
MOST_OPENED = 50


class Postings(Protocol):
    def query(self, token: bytes) -> Iterable[Posting]:
        """All postings of a token. Raises TryLater."""
        ...

    def between(self, token: bytes, first_day: str, last_day: str) -> Iterable[Posting]:
        """Those of a token from one UTC date to another, both included. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """Where links are looked for."""

    postings: Postings
    key: IndexKey
    world: World


def links(about: Mapping[str, Any], search: Search) -> Links:
    """`links` of `GET /records/{record_id}`, from the record's description. Raises TryLater.

    `complete` is false if some record could be one of them, but was not opened: too many, erased, withheld, or broken.
    """
    recall = about["kind"] == Kind.RECALL.name.lower()
    found, complete = _originals(about, search) if recall else _recalls(about, search)
    ids = sorted(set(found))
    return {"recalls": ids if recall else [], "recalled_by": [] if recall else ids, "complete": complete}


def _recalls(about: Mapping[str, Any], search: Search) -> tuple[list[str], bool]:
    """Every recall is filed under the id that it takes back."""
    names = {about["event_id"], about["message_id"]} - {"", None}
    tokens = [search.key.token("recall", name) for name in sorted(names)]
    found = [one for token in tokens for posting in search.postings.query(token) for one in _each(posting)]
    opened, complete = _open(found, search.world)
    ids = [
        one["record_id"]
        for one in opened
        if one["refers_to"] in names and one["conversation"] == about["conversation"]  # ids are a gateway's own
    ]
    return ids, complete


def _originals(about: Mapping[str, Any], search: Search) -> tuple[list[str], bool]:
    """By the event's id, which stands in the postings; or by the message's id, which only the record itself knows."""
    refers_to = about["refers_to"]
    near = list(_near(about, search)) if about["conversation"] and refers_to else []
    endpoint = endpoint_name(about["door"], about["endpoint"])
    digest = search.key.event_digest(endpoint=endpoint, event_id=refers_to or "")
    named = [one for one in near if one.row.event_digest == digest]
    opened, complete = _open(named or near, search.world)
    ids = [one["record_id"] for one in opened if refers_to in (one["event_id"], one["message_id"])]
    return ids, complete or bool(ids and not named)


def _near(about: Mapping[str, Any], search: Search) -> list[Found]:
    """What is no recall in the same conversation, nearest first."""
    sent = parse_moment(about["sent_at"])
    first, last = sent - min(WINDOW, sent - FIRST), sent + min(WINDOW, LAST - sent)
    token = search.key.token("conversation", about["conversation"])
    postings = search.postings.between(token, first.date().isoformat(), last.date().isoformat())
    found = [one for posting in postings for one in _each(posting) if one.row.kind != Kind.RECALL]
    return sorted(found, key=lambda one: abs(one.row.sent_at_ms - epoch_ms(sent)))


def _each(posting: Posting) -> list[Found]:
    return [Found(posting, row) for row in posting.rows]


def _open(found: Iterable[Found], world: World) -> tuple[list[Mapping[str, Any]], bool]:
    """The descriptions, each record once; and whether there are more, or some that could not be read."""
    distinct = {one.row.digest: one for one in found}
    opened = list(_descriptions(list(distinct.values())[:MOST_OPENED], world))
    return opened, len(opened) == len(distinct)


def _descriptions(found: Iterable[Found], world: World) -> Iterator[Mapping[str, Any]]:
    """One that does not verify must not hide the record that was asked for; who reads it itself is told."""
    for one in found:
        try:
            yield open_record(one, world=world).description
        except (Erased, Tampered, Withheld):
            continue
