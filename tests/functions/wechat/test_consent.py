"""Which callbacks speak of consent, and whose."""

import pytest

from functions.capture.capture import Kind, Said
from functions.wechat.consent import NOTICES, Notice
from functions.wechat.message import interpret

APPROVED = b"""<xml><ToUserName><![CDATA[toUser]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>
<CreateTime>1403610513</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_external_contact]]></Event>
<ChangeType><![CDATA[msg_audit_approved]]></ChangeType><UserID><![CDATA[zhangsan]]></UserID>
<ExternalUserID><![CDATA[woAJ2GCAAABiuyujaWJHDDGi0mACHAAA]]></ExternalUserID></xml>"""
REVOKED = b"""{"ToUserName": "gh_870882ca4b1", "FromUserName": "oaKk346BaWE-eIn4oSRWbaM9vR7s", "CreateTime": 1627359464,
"MsgType": "event", "Event": "user_authorization_revoke", "OpenID": "oaKk343WOktAaT2ygsX138BGblrg",
"RevokeInfo": "201"}"""


def test_who_lets_messages_be_archived_consents() -> None:
    meaning = interpret(APPROVED)

    assert meaning.kind == Kind.CONSENT
    assert meaning.participants == ("woAJ2GCAAABiuyujaWJHDDGi0mACHAAA", "zhangsan")


def test_who_takes_an_authorisation_back_is_named_and_not_who_is_said_to_have_sent_it() -> None:
    meaning = interpret(REVOKED)

    assert (meaning.kind, meaning.participants) == (Kind.CONSENT, ("oaKk343WOktAaT2ygsX138BGblrg",))


@pytest.mark.parametrize("notice", NOTICES)
def test_every_notice_is_recognised_with_blanks_around_it_and_with_nobody_named(
    notice: Notice,
) -> None:
    name, value = notice.field, notice.value
    body = f"<xml><FromUserName>sys</FromUserName><{name}> <![CDATA[{value}]]></{name}></xml>"

    assert interpret(body.encode()).kind == Kind.CONSENT
    assert interpret(body.encode()).participants == ("sys",)


def test_who_approves_grants_and_who_revokes_withdraws() -> None:
    granted = Said(person="woAJ2GCAAABiuyujaWJHDDGi0mACHAAA", state="granted")
    withdrawn = Said(person="oaKk343WOktAaT2ygsX138BGblrg", state="withdrawn")

    assert (interpret(APPROVED).said, interpret(REVOKED).said) == ((granted,), (withdrawn,))


def test_a_notice_that_is_about_a_firm_or_names_nobody_says_nothing_about_a_person() -> None:
    nobody = APPROVED.replace(b"ExternalUserID", b"Another")

    assert interpret(nobody).said == ()
    assert interpret(b"<xml><InfoType>cancel_auth</InfoType><AuthCorpId>ww1</AuthCorpId></xml>").said == ()
    assert interpret(b"<xml><MsgType>text</MsgType></xml>").said == ()


def test_other_changes_of_a_contact_are_no_consent() -> None:
    assert interpret(APPROVED.replace(b"msg_audit_approved", b"edit_external_contact")).kind == Kind.CALLBACK


def test_a_message_keeps_its_own_id() -> None:
    assert interpret(b'{"MsgType": "text", "MsgId": 18446744073709551615}').message_id == "18446744073709551615"
