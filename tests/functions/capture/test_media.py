"""What a gateway's event says of its files."""

import base64
import hashlib
import json

import pytest

from functions.capture.capture import Flag, Media
from functions.capture.content import interpret
from tests.make import make_event

BODY = b"a picture"
SHA256 = hashlib.sha256(BODY).hexdigest()


@pytest.mark.parametrize(
    ("said", "present", "size"),
    [
        ({"data_base64": base64.b64encode(BODY).decode(), "size_bytes": 9}, True, 9),
        ({"data_base64": base64.b64encode(b"another").decode(), "size_bytes": "9"}, False, 9),
        ({"size_bytes": 2287375645}, False, 2287375645),
        ({"size_bytes": 9.5}, False, None),
        ({}, False, None),
    ],
)
def test_a_file_is_listed_with_what_is_said_of_it_and_whether_it_is_there(
    said: dict[str, object], *, present: bool, size: int | None
) -> None:
    file = {"sha256": SHA256, "name": "a.png", **said}
    exchange = {"conversation": {"id": "r"}, "sender": {"id": "a"}, "content": {"type": "image", "media": [file]}}
    meaning = interpret("cn.wechat.message", json.dumps(make_event(data=exchange)).encode())

    assert meaning.media == (Media(sha256=SHA256, name="a.png", size_bytes=size, present=present),)
    assert meaning.flags == (Flag.NONE if present else Flag.MEDIA_MISSING)
