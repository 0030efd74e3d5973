"""An outside client: what a gateway, WeCom and a reader do with nothing but `state.json` and published standards."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from standardwebhooks.webhooks import Webhook

BATCH = "application/cloudevents-batch+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the door answered."""

    status: int
    body: bytes

    def document(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Somebody who has `state.json`."""

    state: Mapping[str, Any]
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False, timeout=60))

    def deliver(self, body: bytes, *, gateway: str, webhook_id: str, secret: str | None = None) -> Answer:
        """Post a batch of CloudEvents as `gateway`, signed now with its secret, or with another one."""
        headers = {"Content-Type": BATCH, **self._sign(body, gateway, webhook_id, secret)}
        return self._ask("POST", "/captures", body, headers)

    def announce(self, body: bytes, *, gateway: str, webhook_id: str) -> Answer:
        """Announce a media file as `gateway`."""
        return self._ask("POST", "/media", body, self._sign(body, gateway, webhook_id, None))

    def upload(self, permit: Mapping[str, Any], body: bytes) -> int:
        """Put these bytes where the answer to an announcement said, with the headers it said; the HTTP status."""
        return self.http.request(permit["method"], permit["url"], body=body, headers=permit["headers"]).status

    def _sign(self, body: bytes, gateway: str, webhook_id: str, secret: str | None) -> dict[str, str]:
        now = datetime.now(UTC)
        key = secret or self.state["gateways"][gateway]["secret"]
        return {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(key).sign(webhook_id, now, body.decode()),
        }

    def call_back(self, endpoint: str, query: Mapping[str, str], body: str, content_type: str) -> Answer:
        """Post to a WeCom callback."""
        path = f"/wecom/{quote(endpoint, safe='')}?{urlencode(query)}"
        return self._ask("POST", path, body.encode(), {"Content-Type": content_type})

    def read(self, path: str) -> Answer:
        """GET, signed with the operator's credentials for the door's own address."""
        request = AWSRequest(method="GET", url=self.state["door"] + path)
        key = Credentials(self.state["access_key_id"], self.state["secret_access_key"])
        SigV4Auth(key, "execute-api", self.state["region"]).add_auth(request)
        return self._ask("GET", path, None, dict(request.headers.items()))

    def read_unsigned(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def receipt(self, gateway: str, event_id: str, sent: str) -> Answer:
        query = urlencode({"sent": sent}, quote_via=quote)
        return self.read(f"/receipts/{quote(gateway, safe='')}/{quote(event_id, safe='')}?{query}")

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        answer = self.http.request(method, self.state["door"] + path, body=body, headers=dict(headers))
        return Answer(answer.status, answer.data)
