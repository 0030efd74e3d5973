"""Builders: the one field that matters, everything else as it usually is."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.canonical import epoch_ms
from functions.web import Request

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes.... ").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret, thirty-two bytes ").decode()
INDEX_SECRET = b"an index secret for tests"
GATEWAY = "gateway-one"


def make_event(text: str = "您好", **changed: Any) -> dict[str, Any]:
    """A CloudEvent of type `cn.wechat.message`. A field set to `...` is left out."""
    event = {
        "specversion": "1.0",
        "id": "msg-1",
        "source": "//gateway-one.example/wechat",
        "type": "cn.wechat.message",
        "time": "2026-11-22T09:29:58.000Z",
        "data": {
            "conversation": {"id": "room-1"},
            "sender": {"id": "account-1"},
            "recipients": [{"id": "account-2"}],
            "content": {"type": "text", "text": text},
        },
    } | changed
    return {name: value for name, value in event.items() if value is not ...}


def body_of(*events: Any) -> bytes:
    """A batch."""
    return json.dumps(list(events), ensure_ascii=False).encode()


def sign(
    body: bytes, *, webhook_id: str = "d-1", at: datetime = NOW, secret: str = SECRET
) -> dict[str, tuple[str, ...]]:
    """Standard Webhooks headers."""
    timestamp = str(epoch_ms(at) // 1000)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.digest(key, b".".join((webhook_id.encode(), timestamp.encode(), body)), hashlib.sha256)
    return {
        "webhook-id": (webhook_id,),
        "webhook-timestamp": (timestamp,),
        "webhook-signature": (f"v1,{base64.b64encode(mac).decode()}",),
    }


def make_post(body: bytes, *, content_type: str = "application/cloudevents-batch+json", **signed: Any) -> Request:
    """A signed `POST /captures`."""
    headers = {"content-type": (content_type,), **sign(body, **signed)}
    return Request(method="POST", resource="/captures", path={}, headers=headers, query={}, body=body)


def make_announcement(body: bytes, *, at: datetime = NOW, **changed: Any) -> Request:
    """A signed `POST /media` for this file. A field set to `...` is left out."""
    announced = {"sha256": hashlib.sha256(body).hexdigest(), "size_bytes": len(body)} | changed
    text = json.dumps({name: value for name, value in announced.items() if value is not ...}).encode()
    return Request(method="POST", resource="/media", path={}, headers=sign(text, at=at), query={}, body=text)


def change_headers(request: Request, **headers: str | None) -> Request:
    """Some headers set, or with None left out. Write `webhook_id` for `webhook-id`."""
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {name: value for name, value in request.headers.items() if name not in changed}
    added = {name: (value,) for name, value in changed.items() if value is not None}
    return Request(
        method=request.method,
        resource=request.resource,
        path=request.path,
        headers=kept | added,
        query=request.query,
        body=request.body,
    )


def make_callback(
    body: bytes, query: dict[str, str], *, endpoint: str = "app", method: str = "POST", door: str = "wecom"
) -> Request:
    """A request to `/wecom/{endpoint}` or `/wechat/{endpoint}`."""
    return Request(
        method=method,
        resource=f"/{door}/{{endpoint}}",
        path={"endpoint": endpoint},
        headers={},
        query={name: (value,) for name, value in query.items()},
        body=body,
    )


def proxy(request: Request) -> dict[str, Any]:
    """The request as API Gateway hands it to a function."""
    return {
        "httpMethod": request.method,
        "resource": request.resource,
        "pathParameters": dict(request.path) or None,
        "multiValueHeaders": {name.title(): list(values) for name, values in request.headers.items()} or None,
        "multiValueQueryStringParameters": {name: list(values) for name, values in request.query.items()} or None,
        "body": request.body.decode(),
        "isBase64Encoded": False,
        "requestContext": {"identity": {"userArn": None}},
    }


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)
