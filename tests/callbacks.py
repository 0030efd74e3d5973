"""Published requests and callbacks, the endpoints they were made for, and what the archive holds of them."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from functions.canonical import from_epoch_ms
from functions.capture.tokens import IndexKey
from functions.index.postings import read_rows
from functions.web import Request
from tests.aws import Stage, client
from tests.make import INDEX_SECRET, make_callback
from tests.wecom import CANARY_AES_KEY, CANARY_TOKEN, encrypt, secure_query, signed_query

DATA = Path(__file__).parent / "data"
VECTORS: dict[str, Any] = json.loads((DATA / "wecom_vectors.json").read_text("utf-8"))
CALLBACKS = sorted(path for path in (DATA / "callbacks").iterdir() if path.stem != "_index")
KINDS = {"oa": "oa", "miniprogram": "mp", "third_party_platform": "component"}
CORP, APP = "wwcorp0123456789", "wx0123456789abcdef"
TEXT = (
    b"<xml>\n<ToUserName><![CDATA[gh_1]]></ToUserName>\n<FromUserName>o-1</FromUserName>\n"
    b"<CreateTime>1795339790</CreateTime><MsgType>text</MsgType><Content> hello </Content><MsgId>1</MsgId></xml>\n"
)
ENDPOINTS = f"""
[[wecom]]
id = "wecom"
kind = "app"
tokens = ["{CANARY_TOKEN}"]
keys = ["{CANARY_AES_KEY}"]
receive_ids = ["{CORP}"]
""" + "".join(
    f"""
[[wechat]]
id = "{kind}"
kind = "{kind}"
tokens = ["{CANARY_TOKEN}"]
keys = ["{CANARY_AES_KEY}"]
receive_ids = ["{APP}"]
"""
    for kind in ("oa", "mp", "component")
)


def vectors(*kinds: str) -> list[dict[str, Any]]:
    return [one for one in VECTORS["vectors"] if one["kind"] in kinds]


def door_of(vector: dict[str, Any]) -> str:
    """Forgeries are all of WeCom's form, and say no platform."""
    return "wecom" if vector.get("platform", "wecom") == "wecom" else "wechat"


def endpoint_of(vector: dict[str, Any], *, mode: str = "secure") -> str:
    """The configuration that a vector's request is made for, as an operator writes it. Its id is the vector's."""
    kind = KINDS.get(vector.get("platform", ""), "app")
    lines = [f"[[{door_of(vector)}]]", f'id = "{vector["id"]}"', f'kind = "{kind}"', f'mode = "{mode}"']
    lines += [f'tokens = ["{vector["token"]}"]', f'receive_ids = ["{vector["receive_id"]}"]']
    if mode == "plain":
        lines.append("accept_unauthenticated = true")
    else:
        lines.append(f'keys = ["{vector["encoding_aes_key"]}"]')
    if vector["encoding_aes_key"] == "A" * 43 and mode != "plain":
        lines.append("accept_published_key = true")
    return "\n".join(lines) + "\n"


def request_of(vector: dict[str, Any], *, method: str = "POST", query: dict[str, str] | None = None) -> Request:
    """The published request, byte for byte."""
    sent = query or (dict(parse_qsl(vector["query_string"])) if "query_string" in vector else vector["query"])
    body = vector.get("body", "").encode()
    return make_callback(body, sent, endpoint=vector["id"], method=method, door=door_of(vector))


@dataclass(frozen=True)
class Posted:
    """A plaintext, and the request that brings it to one of `ENDPOINTS`."""

    plaintext: bytes
    request: Request


def envelope(encrypted: str, form: str, *, names: tuple[str, str] = ("ToUserName", "Encrypt")) -> bytes:
    """Around an encrypted text, in XML or JSON."""
    if form == "json":
        return json.dumps({names[0]: "gh_or_corp", names[1]: encrypted}).encode()
    return (
        f"<xml>\n<{names[0]}><![CDATA[gh_or_corp]]></{names[0]}>\n<{names[1]}>{encrypted}</{names[1]}></xml>".encode()
    )


def posted(plaintext: bytes, *, door: str, endpoint: str, form: str = "xml", **signed: str) -> Posted:
    """Encrypted and signed as the platform does it."""
    encrypted = encrypt(plaintext, receive_id=CORP if door == "wecom" else APP)
    query = signed_query(encrypted, **signed) if door == "wecom" else secure_query(encrypted, **signed)
    small = ("tousername", "encrypt") if (door, form) == ("wecom", "json") else ("ToUserName", "Encrypt")
    body = envelope(encrypted, form, names=small)
    return Posted(plaintext, make_callback(body, query, endpoint=endpoint, door=door))


def published(path: Path, **signed: str) -> Posted:
    """One of the published callbacks, at the endpoint and in the envelope it belongs to."""
    platform = path.name.partition(".")[0]
    door = "wecom" if platform == "wecom" else "wechat"
    return posted(path.read_bytes(), door=door, endpoint=platform, form=path.suffix.removeprefix("."), **signed)


def wechat(body: bytes, query: dict[str, str], *, endpoint: str = "oa", method: str = "POST") -> Request:
    """A request to `/wechat/{endpoint}`."""
    return make_callback(body, query, endpoint=endpoint, method=method, door="wechat")


def archived(stage: Stage, *endpoints: str) -> list[dict[str, Any]]:
    """Every record of these endpoints, found through the index and read through the API; run the queue first."""
    key, found = IndexKey(INDEX_SECRET), []
    pages = client("dynamodb").get_paginator("scan").paginate(TableName="postings")
    items = [item for page in pages for item in page["Items"]]
    tier, tokens = key.token("tier", "general"), {item["token"]["B"] for item in items}
    for row in (row for item in items if item["token"]["B"] == tier for row in read_rows(item["rows"]["B"])):
        arrivals = (key.arrival(endpoint, from_epoch_ms(row.sent_at_ms)) for endpoint in endpoints)
        for arrival in (one for one in arrivals if one in tokens):
            answer = stage.record((arrival + row.digest).hex())
            if answer["status"] == 200:
                found.append(answer)
    return found


def captures(records: list[dict[str, Any]]) -> list[bytes]:
    """Their bytes, sorted."""
    return sorted(base64.b64decode(one["capture"]["base64"]) for one in records)


def nothing_is_kept(stage: Stage) -> bool:
    """Neither in the queue nor among the claims."""
    waiting = client("sqs").receive_message(QueueUrl=stage.queue).get("Messages", [])
    return not waiting and client("dynamodb").scan(TableName="deliveries")["Count"] == 0


def run(stage: Stage) -> None:
    """Until nothing waits: the queue gives ten at a time."""
    sqs = client("sqs")
    while int(
        sqs.get_queue_attributes(QueueUrl=stage.queue, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"][
            "ApproximateNumberOfMessages"
        ]
    ):
        assert stage.pump() == []
    stage.index()
