"""A reference gateway: what was captured waits in a folder until its receipt has come. Published libraries only."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import urllib3
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks.webhooks import Webhook

WAITS = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)  # seconds, as Standard Webhooks suggest
DONE, SPOILED = 202, {400, 409, 413, 415, 422}  # of the spoiled: a person has to look, sending again cannot help
HTTP = urllib3.PoolManager(retries=False, timeout=30)


@dataclass(frozen=True, kw_only=True)
class Gateway:
    door: str
    secret: str
    outbox: Path
    sleep: Callable[[float], None] = time.sleep

    def keep(self, events: Sequence[CloudEvent]) -> None:
        """Up to 1,000 captures or 4 MiB wait from now on, under the one webhook-id that they will ever have."""
        fresh = self.outbox / f"msg_{time.time_ns()}_{uuid.uuid4().hex[:8]}.new"
        fresh.write_bytes(b"[" + b",".join(JSONFormat().write(event) for event in events) + b"]")
        fresh.rename(fresh.with_suffix(".json"))

    def deliver(self) -> None:
        """Everything that waits, oldest first. Raises ConnectionError when the archive takes none; all of it waits."""
        for batch in sorted(self.outbox.glob("*.json")):
            answer = self._insist(batch.stem, batch.read_bytes())
            batch.with_suffix(".answer").write_bytes(answer.data)  # the receipts, or what to mend
            results = answer.json()["results"] if answer.status == DONE else [{}]
            whole = all(result.get("status") == "accepted" for result in results)
            batch.unlink() if whole else batch.rename(batch.with_suffix(".refused"))

    def _insist(self, webhook_id: str, body: bytes) -> urllib3.BaseHTTPResponse:
        for wait in WAITS:
            self.sleep(wait)
            now = datetime.now(UTC)  # each attempt has its own time and signature; id and body stay the same
            stamp, signature = str(int(now.timestamp())), Webhook(self.secret).sign(webhook_id, now, body.decode())
            headers = {"webhook-id": webhook_id, "webhook-timestamp": stamp, "webhook-signature": signature}
            headers["content-type"] = "application/cloudevents-batch+json"
            try:
                answer = HTTP.request("POST", f"{self.door}/captures", body=body, headers=headers)
            except urllib3.exceptions.HTTPError:
                continue  # no answer: nobody knows
            if answer.status in {DONE, *SPOILED}:
                return answer
            if answer.status < 500 and answer.status != 429:  # noqa: PLR2004 - a secret or a role is wrong
                raise ConnectionError(f"{webhook_id} waits: {answer.status} {answer.data.decode()}")
        raise ConnectionError(f"{webhook_id} waits: no answer after {len(WAITS)} attempts")
