"""Who was in which conversation when: by what captures say about joining and leaving, and by whom messages reached.

WeCom tells of members of customers' groups alone. Of its other groups, and of chats without any notice, the people of
the nearest messages are all the evidence there is, so they are given beside it (`witnesses`).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from functions.canonical import epoch_ms, moment_text, parse_moment
from functions.capture.capture import Kind
from functions.capture.membership import Change, Interval, intervals
from functions.errors import Fault, Rejected
from functions.retrieval.answers import Memberships, Stay, Witness
from functions.retrieval.find import FIRST, LAST, Found
from functions.retrieval.opening import Search, descriptions, each

MOST_CHANGES = 200
"""Records opened for one answer: each takes some ten milliseconds."""
MOST_CONVERSATIONS = 20
WINDOW = timedelta(days=31)
"""How far from the asked moment a message is looked for."""
WITNESSES = frozenset({Kind.MESSAGE, Kind.CALL, Kind.RECALL})


def of_conversation(conversation: str, at: datetime | None, search: Search) -> Memberships:
    """Everybody's stays, those that include `at` where it is given. Raises TryLater."""
    stays, complete = _stays(conversation, search)
    kept = [one for one in stays if at is None or _covers(one, at)]
    return {
        "stays": [_line(conversation, one) for one in kept],
        "witnesses": [] if at is None else list(_witnesses(conversation, at, search)),
        "complete": complete,
    }


def of_account(account: str, search: Search) -> Memberships:
    """One account's stays, wherever it has been. Raises TryLater."""
    told, complete = _told(search.key.token("participant", account), search)
    conversations = sorted({one["conversation"] for one in told if one["conversation"]})
    lines: list[Stay] = []
    for conversation in conversations[:MOST_CONVERSATIONS]:
        stays, whole = _stays(conversation, search)
        lines += [_line(conversation, one) for one in stays if one.account == account]
        complete = complete and whole
    return {"stays": lines, "witnesses": [], "complete": complete and len(conversations) <= MOST_CONVERSATIONS}


def parse_question(conversation: str | None, account: str | None, at: str | None) -> tuple[str, datetime | None, bool]:
    """What is asked about, when, and whether it is a conversation. Raises Rejected."""
    if (conversation is None) == (account is None):
        detail = "ask ?conversation=… or ?account=…, not both"
        raise Rejected("not a question about members", (Fault(pointer="conversation", detail=detail),))
    if at is not None and conversation is None:
        raise Rejected("not a question about members", (Fault(pointer="at", detail="goes with a conversation"),))
    try:
        moment = None if at is None else parse_moment(at.replace(" ", "+"))  # an offset, decoded as a form's blank
    except ValueError as error:
        raise Rejected("at is not a time", (Fault(pointer="at", detail=str(error)),)) from error
    return conversation or account or "", moment, conversation is not None


def _stays(conversation: str, search: Search) -> tuple[tuple[Interval, ...], bool]:
    told, complete = _told(search.key.token("conversation", conversation), search)
    changes = [change for one in told if one["conversation"] == conversation for change in _changes(one)]
    return intervals(changes), complete


def _told(token: bytes, search: Search) -> tuple[list[Mapping[str, Any]], bool]:
    """The descriptions of records about members that are filed under the token."""
    found = [one for one in each(search.postings.query(token)) if one.row.kind == Kind.MEMBERSHIP]
    opened, complete = descriptions(found, search.world, most=MOST_CHANGES)
    return [one for one in opened if one.get("membership")], complete


def _changes(about: Mapping[str, Any]) -> Iterator[Change]:
    at, record_id, said = parse_moment(about["sent_at"]), about["record_id"], about["membership"]
    for account in said["joined"]:
        yield Change(at=at, account=account, joined=True, record_id=record_id)
    for account in said["left"]:
        yield Change(at=at, account=account, joined=False, record_id=record_id)
    if said["dissolved"]:
        yield Change(at=at, account=None, joined=False, record_id=record_id)


def _witnesses(conversation: str, at: datetime, search: Search) -> Iterator[Witness]:
    """The last message up to then and the first one after it."""
    first, last = at - min(WINDOW, at - FIRST), at + min(WINDOW, LAST - at)
    token = search.key.token("conversation", conversation)
    postings = search.postings.between(token, first.date().isoformat(), last.date().isoformat())
    found = [one for one in each(postings) if one.row.kind in WITNESSES]
    opened, _ = descriptions(_nearest(found, epoch_ms(at)), search.world, most=2)
    for one in opened:
        yield {"record_id": one["record_id"], "sent_at": one["sent_at"], "accounts": one["participants"]}


def _nearest(found: Iterable[Found], at_ms: int) -> Iterator[Found]:
    ordered = sorted(found, key=lambda one: one.row.sent_at_ms)
    before = [one for one in ordered if one.row.sent_at_ms <= at_ms]
    yield from before[-1:]
    yield from ordered[len(before) : len(before) + 1]


def _covers(stay: Interval, at: datetime) -> bool:
    return (stay.since is None or stay.since <= at) and (stay.until is None or at < stay.until)


def _line(conversation: str, stay: Interval) -> Stay:
    return {
        "conversation": conversation,
        "account": stay.account,
        "since": moment_text(stay.since) if stay.since else None,
        "until": moment_text(stay.until) if stay.until else None,
        "records": list(stay.record_ids),
    }
