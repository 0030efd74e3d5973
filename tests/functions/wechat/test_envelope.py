"""The outside of a callback: nothing is trusted, nothing is fetched, nothing is expanded."""

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from functions.errors import Rejected
from functions.wechat.envelope import Envelope, parse_xml, read_envelope
from tests.functions.strategies import json_values

LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
DOCTYPES = {
    "an external entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Encrypt>&e;</Encrypt></xml>',
    "an external DTD": '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><xml><Encrypt>a</Encrypt></xml>',
    "a public DTD": '<!DOCTYPE x PUBLIC "-//x" "http://127.0.0.1:1/x"><xml><Encrypt>a</Encrypt></xml>',
    "a parameter entity": '<!DOCTYPE x [<!ENTITY % e SYSTEM "file:///etc/passwd"> %e;]><xml><Encrypt>a</Encrypt></xml>',
    "an internal entity": '<!DOCTYPE x [<!ENTITY e "a">]><xml><Encrypt>&e;</Encrypt></xml>',
    "a billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><xml><Encrypt>&l9;</Encrypt></xml>',
    "a quadratic blowup": f'<!DOCTYPE x [<!ENTITY e "{"a" * 50_000}">]><xml><Encrypt>{"&e;" * 5000}</Encrypt></xml>',
    "an empty document type": "<!DOCTYPE x><xml><Encrypt>a</Encrypt></xml>",
    "one behind a declaration": '<?xml version="1.0"?><!-- x --><!DOCTYPE x []><xml><Encrypt>a</Encrypt></xml>',
}


@pytest.mark.parametrize("body", DOCTYPES.values(), ids=DOCTYPES.keys())
def test_xml_with_a_document_type_is_refused(body: str) -> None:
    with pytest.raises(Rejected, match=r"^-40002: XML with a document type"):
        read_envelope(body.encode())


def test_xml_with_a_document_type_is_refused_in_another_encoding_too() -> None:
    body = DOCTYPES["an internal entity"]

    with pytest.raises(Rejected, match="document type"):
        parse_xml(('<?xml version="1.0" encoding="utf-16"?>' + body).encode("utf-16"))


def test_a_billion_laughs_take_no_memory() -> None:
    tracemalloc.start()
    with pytest.raises(Rejected):
        read_envelope(DOCTYPES["a billion laughs"].encode())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2**20


@pytest.mark.parametrize(
    "body",
    [
        b"<xml><Encrypt>RypE</Encrypt></xml>",
        b"<xml><Encrypt><![CDATA[RypE]]></Encrypt></xml>",
        b"\n <xml>\n<AgentID/><Encrypt> <![CDATA[RypE]]>\n</Encrypt><ToUserName>x</ToUserName></xml> \n",
        b"<xml><FromUserName>o</FromUserName><Content>plain</Content><Encrypt>RypE</Encrypt></xml>",
        b'<?xml version="1.0" encoding="utf-8"?><xml><Encrypt>RypE</Encrypt></xml>',
        b"<a><Encrypt>RypE</Encrypt><b><Encrypt>deeper</Encrypt></b></a>",
    ],
)
def test_the_encrypted_text_is_found_in_xml(body: bytes) -> None:
    assert read_envelope(body) == Envelope("xml", "RypE")


@pytest.mark.parametrize(
    "body",
    [
        {"encrypt": "RypE"},
        {"tousername": "wx", "encrypt": "RypE", "agentid": "218"},
        {"tousername": "wx", "encrypt": "RypE", "agentid": 218},
        {"ToUserName": "gh", "Encrypt": "RypE"},
        {"Encrypt": "other", "encrypt": "RypE"},
        {"encrypt": "", "Encrypt": "RypE"},
    ],
    ids=str,
)
def test_the_encrypted_text_is_found_in_json(body: dict[str, object]) -> None:
    assert read_envelope(b" \n" + json.dumps(body).encode()) == Envelope("json", "RypE")


def test_the_signature_is_over_the_text_as_received_so_json_text_is_not_trimmed() -> None:
    assert read_envelope(b'{"encrypt": " RypE "}').encrypted == " RypE "


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"RypE",
        b"[]",
        b'["encrypt"]',
        b"null",
        b"\xef\xbb\xbf<xml><Encrypt>RypE</Encrypt></xml>",
        b"encrypt=RypE",
        b"<",
        b"<xml>",
        b"<xml><Encrypt>RypE</xml>",
        b"<xml></xml>",
        b"<xml><Encrypt/></xml>",
        b"<xml><Encrypt> \n </Encrypt></xml>",
        b"<xml><Encrypt><a>RypE</a></Encrypt></xml>",
        b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>",
        b"<xml><a><Encrypt>RypE</Encrypt></a></xml>",
        b"<xml><Encrypt>&unheard;</Encrypt></xml>",
        b"<xml><Encrypt>\xff</Encrypt></xml>",
        b"<xml><Encrypt>\x00</Encrypt></xml>",
        b"<xml><Encrypt>RypE</Encrypt></xml><xml/>",
        b"<!-- RypE -->",
        b"{",
        b"{}",
        b'{"encrypt": 5}',
        b'{"encrypt": ["RypE"]}',
        b'{"encrypt": "RypE"',
        b'{"encrypt": "\xff"}',
        b'{"encrypt": "RypE"} x',
        b'{"a": ' + b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: str(body[:60]),
)
def test_a_body_without_one_encrypted_text_is_refused(body: bytes) -> None:
    with pytest.raises(Rejected, match=r"^-40002: "):
        read_envelope(body)


@pytest.mark.parametrize(
    "name", ["undefined", "utf-7", "idna", "rot13", "gbk", "hex", "no such", "utf-16", "mbcs", "\xe9"]
)
def test_an_encoding_that_xml_here_is_not_read_in_is_refused(name: str) -> None:
    with pytest.raises(Rejected):
        parse_xml(f'<?xml version="1.0" encoding="{name}"?><xml><Encrypt>x</Encrypt></xml>'.encode())


def test_deep_nesting_ends_in_an_answer() -> None:
    assert parse_xml(b"<a>" * 100_000 + b"</a>" * 100_000).tag == "a"
    with pytest.raises(Rejected):
        read_envelope(b"<a>" * 100_000)


def test_the_sample_of_the_demo_is_an_envelope() -> None:
    (sample,) = (Path(__file__).parents[3] / "events" / "wecom").glob("*.json")
    event = json.loads(sample.read_text(encoding="utf-8"))

    assert read_envelope(event["body"].encode()).form == "xml"


@given(
    st.binary(max_size=80)
    | st.text("<>/?!-[]xmlEncrypt&;= \"'", max_size=80).map(lambda text: b"<" + text.encode())
    | json_values.map(json.dumps).map(str.encode)
    | st.dictionaries(st.sampled_from(["encrypt", "Encrypt"]), json_values).map(json.dumps).map(str.encode)
)
def test_nothing_but_a_refusal_ever_escapes(body: bytes) -> None:
    try:
        found = read_envelope(body)
    except Rejected as refused:
        assert str(refused).startswith("-40002: ")  # noqa: PT017 - the law is about both ways out
    else:
        assert found.encrypted
