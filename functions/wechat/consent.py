"""Callbacks about consent: somebody let their messages be archived, or took an authorisation back.

developer.work.weixin.qq.com/document/path/92005 and, of Official Accounts and platforms, developers.weixin.qq.com (read
2026-11). These stand for the law's consent (PIPL 13, 15); what follows from them is not decided here.
"""

from collections.abc import Mapping
from typing import NamedTuple

from functions.capture.capture import Said


class Notice(NamedTuple):
    """One callback, recognised by the value of a field."""

    field: str
    value: str
    people: tuple[str, ...]
    """Fields with account ids: who consents or withdraws, then whom it concerns."""
    state: str | None = None
    """What the first of them says about being archived; nothing where it is about a firm, or about something else."""


NOTICES = (
    Notice("ChangeType", "msg_audit_approved", ("ExternalUserID", "UserID"), "granted"),
    Notice("Event", "user_authorization_revoke", ("OpenID",), "withdrawn"),
    Notice("Event", "user_info_modified", ("OpenID",)),
    Notice("InfoType", "chat_archive_audit_approved_single", ("ExternalUserID", "OpenUserID"), "granted"),
    Notice("InfoType", "chat_archive_audit_approved_room", ("ExternalUserID", "OpenUserID"), "granted"),
    Notice("InfoType", "cancel_auth", ("AuthCorpId",)),
    Notice("InfoType", "unauthorized", ("AuthorizerAppid",)),
)


def people(fields: Mapping[str, str]) -> tuple[str, ...] | None:
    """Whose consent it is about; nothing when it is about none."""
    notice = _notice(fields)
    if notice is None:
        return None
    named = (fields.get(name, "").strip() for name in notice.people)
    return tuple(dict.fromkeys(filter(None, named)))


def said(fields: Mapping[str, str]) -> tuple[Said, ...]:
    """What it says about consent, where it names who says it. When is the callback's own time."""
    notice = _notice(fields)
    if notice is None or notice.state is None:
        return ()
    person = fields.get(notice.people[0], "").strip()
    return (Said(person=person, state=notice.state),) if person else ()


def _notice(fields: Mapping[str, str]) -> Notice | None:
    return next((one for one in NOTICES if fields.get(one.field, "").strip() == one.value), None)
