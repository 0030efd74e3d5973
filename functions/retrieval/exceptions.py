"""The records of one day that somebody must look at: unparsed, sealed, with media missing and so on, by their flag."""

from datetime import date

from functions.archive.sequences import SHOWN
from functions.errors import Fault, Rejected
from functions.retrieval.answers import Exceptions
from functions.retrieval.opening import Search, descriptions, each

MOST = 200
"""Records opened for one answer: each takes some ten milliseconds."""
FLAGS = frozenset(SHOWN.names())
"""Those that records are filed under."""


def exceptions(flag: str, day: str | None, search: Search) -> Exceptions:
    """Those sent on that UTC day, in order of time. Raises Rejected, TryLater."""
    if flag not in FLAGS:
        detail = f"one of {', '.join(sorted(FLAGS))}"
        raise Rejected("no such flag", (Fault(pointer="flag", detail=detail),))
    found = each(search.postings.between(search.key.token("flag", flag), _day(day), _day(day)))
    opened, complete = descriptions(found, search.world, most=MOST)
    return {
        "records": [
            {"record_id": one["record_id"], "sent_at": one["sent_at"], "received_at": one["received_at"]}
            for one in sorted(opened, key=lambda one: (one["sent_at"], one["record_id"]))
        ],
        "complete": complete,
    }


def _day(text: str | None) -> str:
    try:
        return date.fromisoformat(text or "").isoformat()
    except ValueError as error:
        detail = "required: a UTC date like 2026-11-22"
        raise Rejected("day is not a date", (Fault(pointer="day", detail=detail),)) from error
