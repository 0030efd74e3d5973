"""Every form the platforms post in: envelopes, kinds of endpoint, rotated tokens and keys, padding, times."""

import base64
import json
import string
import time
from itertools import product

import pytest

from tests.aws import Stage, forget
from tests.callbacks import APP, CORP, ENDPOINTS, TEXT, archived, captures, envelope, posted, run, wechat
from tests.conftest import configure
from tests.make import make_callback
from tests.wecom import CANARY_AES_KEY, CANARY_TOKEN, encrypt, plain_query, secure_query, signed_query

OTHER_TOKEN, OTHER_KEY = "previousToken", "PreviousAesKey00000000000000000000000000abG"


@pytest.fixture
def opened(stage: Stage) -> Stage:
    configure(stage, ENDPOINTS)
    return stage


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("kind", ["oa", "mp"])
def test_accounts_post_in_xml_or_json(opened: Stage, kind: str, form: str) -> None:
    assert opened.post(posted(TEXT, door="wechat", endpoint=kind, form=form).request)["body"] == "success"
    run(opened)

    assert captures(archived(opened, f"wechat/{kind}")) == [TEXT]


def test_an_envelope_may_come_in_any_of_wecoms_shapes(opened: Stage) -> None:
    encrypted = encrypt(TEXT, receive_id=CORP)
    shapes = [
        f"<xml><ToUserName>x</ToUserName><AgentID>218</AgentID><Encrypt>{encrypted}</Encrypt></xml>",
        f"<xml>\n  <AgentID></AgentID>\n  <Encrypt><![CDATA[{encrypted}]]></Encrypt>\n  <ToUserName/></xml>",
        f"<xml><Encrypt> {encrypted} </Encrypt></xml>",
        json.dumps({"tousername": "x", "encrypt": encrypted, "agentid": "218"}),
        json.dumps({"agentid": 218, "encrypt": encrypted}),
        "\r\n\t" + json.dumps({"encrypt": encrypted}),
    ]
    for shape in shapes:
        request = make_callback(shape.encode(), signed_query(encrypted), endpoint="wecom")
        assert opened.post(request)["body"] == "success", shape[:40]
    run(opened)

    (record,) = archived(opened, "wecom/wecom")
    assert captures([record]) == [TEXT]


@pytest.mark.parametrize(
    ("kind", "allowed"),
    [
        ("app", ["wwcorp"]),
        ("kefu", ["wwcorp"]),
        ("suite", ["wwsuite", "wwcorp", "wpEncryptedCorp"]),
        ("bot", [""]),
    ],
)
def test_each_kind_of_wecom_endpoint_accepts_its_receive_ids_and_no_other(
    stage: Stage, kind: str, allowed: list[str]
) -> None:
    configure(
        stage,
        f'[[wecom]]\nid = "app"\nkind = "{kind}"\ntokens = ["{CANARY_TOKEN}"]\nkeys = ["{CANARY_AES_KEY}"]\n'
        f"receive_ids = {json.dumps(allowed)}\n",
    )

    def post(receive_id: str) -> int:
        encrypted = encrypt(TEXT, receive_id=receive_id)
        body = json.dumps({"encrypt": encrypted}).encode()
        return int(stage.post(make_callback(body, signed_query(encrypted)))["statusCode"])

    for receive_id in allowed:
        assert post(receive_id) == 200
    for receive_id in {"", "ww", "wwcorp1", "WWCORP", "wwother"} - set(allowed):
        assert post(receive_id) == 403
    run(stage)
    assert sorted(one["envelope"]["source"] for one in archived(stage, "wecom/app")) == sorted(allowed)


@pytest.mark.parametrize("door", ["wecom", "wechat"])
def test_current_and_previous_tokens_and_keys_are_accepted_in_every_combination(stage: Stage, door: str) -> None:
    kind = "app" if door == "wecom" else "oa"
    configure(
        stage,
        f'[[{door}]]\nid = "app"\nkind = "{kind}"\ntokens = ["{CANARY_TOKEN}", "{OTHER_TOKEN}"]\n'
        f'keys = ["{CANARY_AES_KEY}", "{OTHER_KEY}"]\nreceive_ids = ["one", "two"]\n',
    )
    tried = list(product((CANARY_TOKEN, OTHER_TOKEN), (CANARY_AES_KEY, OTHER_KEY), ("one", "two")))
    for at, (token, key, receive_id) in enumerate(tried):
        encrypted = encrypt(f"<xml>{at}</xml>".encode(), receive_id=receive_id, aes_key=key)
        query = signed_query(encrypted, token=token)
        assert stage.post(make_callback(envelope(encrypted, "xml"), query, door=door))["body"] == "success"
    run(stage)

    evidence = [one["envelope"]["evidence"] for one in archived(stage, f"{door}/app")]
    assert {(one["token"], one["key"], one["receive_id"]) for one in evidence} == set(
        product((0, 1), (0, 1), ("one", "two"))
    )
    checks = [plain_query(token=token, echostr="42") for token in (CANARY_TOKEN, OTHER_TOKEN, "third")]
    if door == "wechat":
        answers = [stage.post(make_callback(b"", query, method="GET", door=door)) for query in checks]
        assert [one["statusCode"] for one in answers] == [200, 200, 403]


def test_keys_that_differ_in_the_bits_beyond_256_are_one_key(stage: Stage) -> None:
    wanted = base64.b64decode(CANARY_AES_KEY + "=")
    siblings = [CANARY_AES_KEY[:-1] + last for last in string.ascii_letters + string.digits]
    same = [one for one in siblings if base64.b64decode(one + "=") == wanted]
    assert len(same) == 4
    for key in same:
        configure(
            stage,
            f'[[wechat]]\nid = "app"\nkind = "oa"\ntokens = ["{CANARY_TOKEN}"]\nkeys = ["{key}"]\n'
            f'receive_ids = ["{APP}"]\n',
        )
        forget()
        assert stage.post(posted(TEXT, door="wechat", endpoint="app").request)["body"] == "success"


@pytest.mark.parametrize("block", [16, 32])
def test_every_length_of_padding_is_read(opened: Stage, block: int) -> None:
    plaintexts = [b"<xml>" + b"x" * length + b"</xml>" for length in range(block)]
    for plaintext in plaintexts:
        encrypted = encrypt(plaintext, receive_id=APP, block=block)
        assert opened.post(wechat(envelope(encrypted, "xml"), secure_query(encrypted)))["body"] == "success"
    run(opened)

    assert captures(archived(opened, "wechat/oa")) == sorted(plaintexts)


@pytest.mark.parametrize("door", ["wecom", "wechat"])
def test_an_old_callback_is_kept_and_marked_late_unless_one_of_its_times_is_near(opened: Stage, door: str) -> None:
    endpoint, near = "wecom" if door == "wecom" else "oa", str(int(time.time()))
    for at, (inside, outside) in enumerate(product((near, "1409735668"), (near, "1409735669"))):
        message = f"<xml><CreateTime>{inside}</CreateTime><Content>{at}</Content></xml>".encode()
        assert (
            opened.post(posted(message, door=door, endpoint=endpoint, timestamp=outside).request)["body"] == "success"
        )
    run(opened)

    flags = [one["envelope"]["flags"] for one in archived(opened, f"{door}/{endpoint}")]
    assert sorted(flags) == [[], [], [], ["late"]]
