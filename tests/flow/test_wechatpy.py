"""An independent client, wechatpy: what it encrypts is taken, and it reads what our tests encrypt."""

import pytest
from wechatpy.crypto import WeChatCrypto
from wechatpy.enterprise.crypto import WeChatCrypto as WecomCrypto
from wechatpy.exceptions import InvalidSignatureException

from functions.wechat.envelope import parse_xml
from tests.aws import Stage
from tests.callbacks import APP, CALLBACKS, CORP, ENDPOINTS, TEXT, archived, captures, envelope, run
from tests.conftest import configure
from tests.make import make_callback
from tests.wecom import CANARY_AES_KEY, CANARY_TOKEN, encrypt, signed_query

PLATFORMS = [
    ("wecom", "wecom", CORP, WecomCrypto(CANARY_TOKEN, CANARY_AES_KEY, CORP)),
    ("wechat", "oa", APP, WeChatCrypto(CANARY_TOKEN, CANARY_AES_KEY, APP)),
]


@pytest.mark.parametrize(("door", "endpoint", "receive_id", "client"), PLATFORMS, ids=["wecom", "wechat"])
def test_what_wechatpy_encrypts_is_archived_byte_for_byte(
    stage: Stage, door: str, endpoint: str, receive_id: str, client: WeChatCrypto
) -> None:
    configure(stage, ENDPOINTS)
    plaintexts = [path.read_bytes() for path in CALLBACKS[:9]]
    for plaintext in plaintexts:
        reply = parse_xml(client.encrypt_message(plaintext.decode(), "4711", "1795339798").encode())
        encrypted, signature = (reply.findtext(name) or "" for name in ("Encrypt", "MsgSignature"))
        query = {"msg_signature": signature, "timestamp": "1795339798", "nonce": "4711"}
        request = make_callback(envelope(encrypted, "xml"), query, endpoint=endpoint, door=door)

        assert stage.post(request)["body"] == "success"
    run(stage)

    assert captures(archived(stage, f"{door}/{endpoint}")) == sorted(plaintexts)


@pytest.mark.parametrize(("door", "endpoint", "receive_id", "client"), PLATFORMS, ids=["wecom", "wechat"])
def test_wechatpy_reads_what_our_tests_encrypt(door: str, endpoint: str, receive_id: str, client: WeChatCrypto) -> None:
    encrypted = encrypt(TEXT, receive_id=receive_id)
    query = signed_query(encrypted)
    signed = (query["msg_signature"], query["timestamp"], query["nonce"])

    read = client.decrypt_message(envelope(encrypted, "xml"), *signed)

    assert (read if isinstance(read, bytes) else read.encode()) == TEXT
    with pytest.raises(InvalidSignatureException):
        client.decrypt_message(envelope(encrypted, "xml"), "0" * 40, *signed[1:])


def test_wechatpy_passes_our_url_check(stage: Stage) -> None:
    configure(stage, ENDPOINTS)
    echo = parse_xml(PLATFORMS[0][3].encrypt_message("1616140317555161061", "4711", "1795339798").encode())
    query = {
        "msg_signature": echo.findtext("MsgSignature") or "",
        "timestamp": "1795339798",
        "nonce": "4711",
        "echostr": echo.findtext("Encrypt") or "",
    }

    answer = stage.post(make_callback(b"", query, endpoint="wecom", method="GET"))

    assert (answer["statusCode"], answer["body"]) == (200, "1616140317555161061")
