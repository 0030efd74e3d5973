"""Callbacks about who is in a group of customers (developer.work.weixin.qq.com/document/path/92130, read 2026-11)."""

from collections.abc import Mapping
from dataclasses import dataclass

from functions.errors import Rejected
from functions.wechat.envelope import parse_xml

EVENT = "change_external_chat"
NAMED_BY = ("InfoType", "Event")  # of a suite, of an own application
MOST_ACCOUNTS = 2000  # of one group: the same page


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to a group. A callback that counts its members without naming them names nobody here."""

    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    dissolved: bool = False


def read(message: bytes, fields: Mapping[str, str]) -> Change | None:
    """Of a callback's plaintext and its fields; nothing when it is about no group's members."""
    if EVENT not in {fields.get(name, "").strip() for name in NAMED_BY}:
        return None
    if fields.get("ChangeType", "").strip() == "dismiss":
        return Change(dissolved=True)
    members = _members(message)
    match fields.get("UpdateDetail", "").strip():
        case "add_member":
            return Change(joined=members)
        case "del_member":
            return Change(left=members)
        case _:
            return None


def _members(message: bytes) -> tuple[str, ...]:
    try:
        items = parse_xml(message).iterfind("MemChangeList/Item")
    except Rejected:  # JSON, of which no such callback is known
        return ()
    named = ((item.text or "").strip() for item in items)
    return tuple(dict.fromkeys(filter(None, named)))[:MOST_ACCOUNTS]
