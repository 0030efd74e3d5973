"""The entry points, each with the law it must keep on any bytes at all. Raises whatever breaks it."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from functions.capture.capture import Kind
from functions.errors import Rejected
from functions.intake.platforms import FORMS, Agreement, Mode
from functions.wechat.crypto import Credentials, open_callback, sign
from functions.wechat.envelope import parse_xml, read_envelope
from functions.wechat.message import created_at, interpret, read_fields
from tests.archive import Archive
from tests.make import make_callback
from tests.wecom import encrypt_blocks

TOKEN, KEY = "aTokenForFuzzing", "aKeyForFuzzing00000000000000000000000000000"
CREDENTIALS = Credentials(tokens=(TOKEN,), keys=(base64.b64decode(KEY + "="),), receive_ids=frozenset({"", "ww1"}))
MODES: tuple[Mode, ...] = ("secure", "compatible", "plain")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def xml(data: bytes) -> None:
    """XML is a tree or Rejected; an entity of its own never becomes text."""
    try:
        root = parse_xml(data)
    except Rejected:
        return
    if b"<!ENTITY" in data and b"<![CDATA[" not in data and b"<!--" not in data and b"<?" not in data:
        raise ValueError(f"a document type came through: {root.tag}")


def envelope(data: bytes) -> None:
    """An envelope holds text, or is Rejected."""
    try:
        found = read_envelope(data)
    except Rejected:
        return
    if not found.encrypted or found.form not in {"xml", "json"}:
        raise ValueError("an empty envelope")


def message(data: bytes) -> None:
    """Whatever was decrypted, there is an interpretation, and it can be written down as UTF-8."""
    meaning = interpret(data)
    fields = read_fields(data)
    if (fields is None) != (meaning.kind is Kind.UNPARSED):
        raise ValueError("read and interpreted differently")
    created_at(fields or {})
    json.dumps([meaning.participants, meaning.texts, meaning.conversation], ensure_ascii=False).encode()


def crypto(data: bytes) -> None:
    """Any blocks under a right signature open or are Rejected; what opens lies inside them."""
    blocks = data[: len(data) // 16 * 16]
    _open(encrypt_blocks(blocks, aes_key=KEY), blocks)
    _open(data.decode("latin-1"), data)


def _open(encrypted: str, blocks: bytes) -> None:
    signature = sign(TOKEN, "1", "2", encrypted)
    try:
        opened = open_callback(encrypted, signature=signature, timestamp="1", nonce="2", credentials=CREDENTIALS)
    except Rejected:
        return
    if len(opened.message) + 20 > len(blocks) or opened.receive_id not in CREDENTIALS.receive_ids:
        raise ValueError("more was opened than there was")


def door(data: bytes) -> None:
    """Unsigned bytes, at either door, in any mode: refused, and nothing is kept."""
    archive = Archive(now=NOW)
    archive.wecom_endpoints = {"app": CREDENTIALS}
    for mode in MODES:
        archive.wechat_endpoints = {"app": Agreement(mode=mode, forms=FORMS["mp"], credentials=CREDENTIALS)}
        _refused(archive, data, "wechat")
    _refused(archive, data, "wecom")


def _refused(archive: Archive, data: bytes, way: str) -> None:
    head, _, body = data.partition(b"\n")
    names = ("signature", "msg_signature", "timestamp", "nonce", "encrypt_type", "echostr")
    query = dict(zip(names, head.decode("utf-8", "replace").split("&"), strict=False))
    posted = archive.post(make_callback(body, query, door=way))
    checked = archive.post(make_callback(b"", query, door=way, method="GET"))
    if {posted.status, checked.status} & {200} or archive.queue.waiting or archive.claims.claims:
        raise ValueError("something unsigned was let in")


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "xml": xml,
    "envelope": envelope,
    "message": message,
    "crypto": crypto,
    "door": door,
}
