"""Callbacks about consent: somebody let their messages be archived, or took an authorisation back.

developer.work.weixin.qq.com/document/path/92005 and, of Official Accounts and platforms, developers.weixin.qq.com (read
2026-11). These stand for the law's consent (PIPL 13, 15); what follows from them is not decided here.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Notice(NamedTuple):
    """One callback, recognised by the value of a field."""

    field: str
    value: str
    people: tuple[str, ...]
    """Fields with account ids: who consents or withdraws, then whom it concerns."""


NOTICES = (
    Notice("ChangeType", "msg_audit_approved", ("ExternalUserID", "UserID")),
    Notice("Event", "user_authorization_revoke", ("OpenID",)),
    Notice("Event", "user_info_modified", ("OpenID",)),
    Notice("InfoType", "chat_archive_audit_approved_single", ("ExternalUserID", "OpenUserID")),
    Notice("InfoType", "chat_archive_audit_approved_room", ("ExternalUserID", "OpenUserID")),
    Notice("InfoType", "cancel_auth", ("AuthCorpId",)),
    Notice("InfoType", "unauthorized", ("AuthorizerAppid",)),
)


def people(fields: Mapping[str, str]) -> tuple[str, ...] | None:
    """Whose consent it is about; nothing when it is about none."""
    for notice in NOTICES:
        if fields.get(notice.field, "").strip() == notice.value:
            named = (fields.get(name, "").strip() for name in notice.people)
            return tuple(dict.fromkeys(filter(None, named)))
    return None
