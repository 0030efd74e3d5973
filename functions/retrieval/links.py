"""Which record takes back which, and which opens which: found when one is read, whichever came first."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from functions.canonical import epoch_ms, parse_moment
from functions.capture.capture import Flag, Kind
from functions.capture.tokens import endpoint_name
from functions.retrieval.answers import Links
from functions.retrieval.find import FIRST, LAST, Found
from functions.retrieval.opening import Search, descriptions, each

WINDOW = timedelta(days=31)
"""How far from a recall its original is looked for, by the times at which they were sent."""
MOST_OPENED = 50
SEALED = Flag.SEALED.names()[0]


def links(about: Mapping[str, Any], search: Search) -> Links:
    """`links` of `GET /records/{record_id}`, from the record's description. Raises TryLater.

    `complete` is false if some record could be one of them, but was not opened: too many, erased, withheld, or broken.
    """
    recall = about["kind"] == Kind.RECALL.name.lower()
    found, complete = _originals(about, search) if recall else _recalls(about, search)
    ids = sorted(set(found))
    opened_by, all_opened = _opened_by(about, search)
    return {
        "recalls": ids if recall else [],
        "recalled_by": [] if recall else ids,
        "opens": [one for name, one in about["evidence"].get("unseals", {}).items() if name == about["event_id"]],
        "opened_by": opened_by,
        "complete": complete and all_opened,
    }


def _opened_by(about: Mapping[str, Any], search: Search) -> tuple[list[str], bool]:
    """A sealed message that was opened later is filed under the sealed record."""
    if SEALED not in about["flags"]:
        return [], True
    found = each(search.postings.query(search.key.token("unseals", about["record_id"])))
    opened, complete = descriptions(found, search.world, most=MOST_OPENED)
    return sorted(one["record_id"] for one in opened), complete


def _recalls(about: Mapping[str, Any], search: Search) -> tuple[list[str], bool]:
    """Every recall is filed under the id that it takes back."""
    names = {about["event_id"], about["message_id"]} - {"", None}
    tokens = [search.key.token("recall", name) for name in sorted(names)]
    found = [one for token in tokens for one in each(search.postings.query(token))]
    opened, complete = descriptions(found, search.world, most=MOST_OPENED)
    ids = [
        one["record_id"]
        for one in opened
        if one["refers_to"] in names and one["conversation"] == about["conversation"]  # ids are a gateway's own
    ]
    return ids, complete


def _originals(about: Mapping[str, Any], search: Search) -> tuple[list[str], bool]:
    """By the event's id, which stands in the postings; or by the message's id, which only the record itself knows."""
    refers_to = about["refers_to"]
    near = _near(about, search) if about["conversation"] and refers_to else []
    endpoint = endpoint_name(about["door"], about["endpoint"])
    digest = search.key.event_digest(endpoint=endpoint, event_id=refers_to or "")
    named = [one for one in near if one.row.event_digest == digest]
    opened, complete = descriptions(named or near, search.world, most=MOST_OPENED)
    ids = [one["record_id"] for one in opened if refers_to in (one["event_id"], one["message_id"])]
    return ids, complete or bool(ids and not named)


def _near(about: Mapping[str, Any], search: Search) -> list[Found]:
    """What is no recall in the same conversation, nearest first."""
    sent = parse_moment(about["sent_at"])
    first, last = sent - min(WINDOW, sent - FIRST), sent + min(WINDOW, LAST - sent)
    token = search.key.token("conversation", about["conversation"])
    postings = search.postings.between(token, first.date().isoformat(), last.date().isoformat())
    found = (one for one in each(postings) if one.row.kind != Kind.RECALL)
    return sorted(found, key=lambda one: abs(one.row.sent_at_ms - epoch_ms(sent)))
