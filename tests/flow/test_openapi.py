"""What the doors answer is what docs/openapi.json says: real handlers, judged by JSON Schema."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from functions.web import Request
from tests.aws import Stage
from tests.flow.test_flow import now
from tests.make import GATEWAY, OTHER_SECRET, body_of, change_headers, make_event, make_post

VALIDATOR: Any = jsonschema.Draft202012Validator
DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8"))


def schema_of(path: str, method: str, answer: dict[str, Any]) -> dict[str, Any]:
    responses = DOCUMENT["paths"][path][method]["responses"]
    response = responses[str(answer["statusCode"])]
    schema: dict[str, Any] = response["content"][answer["headers"]["Content-Type"]]["schema"]
    return schema


def errors(schema: dict[str, Any], value: Any) -> list[str]:
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **DOCUMENT, **schema}
    closed = json.loads(json.dumps(whole).replace('"required": [', '"additionalProperties": false, "required": ['))
    closed["components"]["schemas"]["CloudEvent"].pop("additionalProperties")
    return [error.message for error in VALIDATOR(closed).iter_errors(value)]


REQUESTS: dict[str, tuple[int, Callable[[], Request]]] = {
    "all accepted": (202, lambda: make_post(body_of(make_event()), at=now())),
    "some refused": (202, lambda: make_post(body_of(make_event(), {"id": 1}), at=now())),
    "none accepted": (422, lambda: make_post(body_of({"id": 1}, []), at=now())),
    "no JSON": (400, lambda: make_post(b"[", at=now())),
    "no headers": (400, lambda: change_headers(make_post(b"[]"), webhook_id=None)),
    "a wrong secret": (401, lambda: make_post(b"[]", at=now(), secret=OTHER_SECRET)),
    "a wrong clock": (401, lambda: make_post(b"[]", at=now() - timedelta(hours=8))),
    "a wrong type": (415, lambda: make_post(b"[]", at=now(), content_type="text/plain")),
    "too much": (413, lambda: make_post(b" " * (4 * 2**20 + 1), at=now())),
}


@pytest.mark.parametrize("name", list(REQUESTS))
def test_every_answer_to_a_gateway_is_described(stage: Stage, name: str) -> None:
    status, make = REQUESTS[name]

    answer = stage.post(make())

    assert answer["statusCode"] == status
    assert errors(schema_of("/captures", "post", answer), json.loads(answer["body"])) == []


def test_an_id_that_comes_with_another_body_is_described(stage: Stage) -> None:
    stage.post(make_post(body_of(make_event("one")), at=now()))

    answer = stage.post(make_post(body_of(make_event("two")), at=now()))

    assert answer["statusCode"] == 409
    assert errors(schema_of("/captures", "post", answer), json.loads(answer["body"])) == []


def test_what_wecom_is_told_is_described_as_text(stage: Stage) -> None:
    query = {"msg_signature": ("0",), "timestamp": ("1",), "nonce": ("2",)}
    path = {"endpoint": "nobody"}
    request = Request(method="POST", resource="/wecom/{endpoint}", path=path, headers={}, query=query, body=b"{}")

    assert schema_of("/wecom/{endpoint}", "post", stage.post(request)) == {"type": "string"}


def test_records_receipts_and_their_absence_are_described(stage: Stage) -> None:
    accepted = stage.post(make_post(body_of(make_event()), at=now()))
    receipt = json.loads(accepted["body"])["results"][0]["receipt"]
    stage.run()
    asked = [
        ("/records/{record_id}", {"record_id": receipt["record_id"]}, 200),
        ("/records/{record_id}", {"record_id": "0" * 48}, 404),
        ("/records/{record_id}", {"record_id": "?"}, 400),
        ("/receipts/{gateway}/{event_id}", {"gateway": GATEWAY, "event_id": "msg-1"}, 200),
        ("/receipts/{gateway}/{event_id}", {"gateway": GATEWAY, "event_id": "none"}, 404),
    ]

    for route, path, status in asked:
        answer = stage.get_raw(route, path, sent=receipt["sent_at"])
        assert answer["statusCode"] == status
        assert errors(schema_of(route, "get", answer), json.loads(answer["body"])) == []


def test_the_sample_captures_are_what_the_document_asks_for() -> None:
    schema = DOCUMENT["components"]["schemas"]["CloudEvents"]
    samples = [json.loads(path.read_text("utf-8")) for path in Path(__file__).parents[2].glob("events/intake/*.json")]

    assert errors(schema, samples) == []
    assert errors(schema, [])
    assert errors(schema, [make_event(specversion="0.3")])
    assert errors(schema, [make_event(source="")])
    assert errors(schema, [make_event(Upper="x")])
