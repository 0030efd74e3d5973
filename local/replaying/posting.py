"""Post one batch, again if nobody answers, and say what became of each capture."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import urllib3

from local.replaying.folder import Capture
from local.story.outside import Answer, Outside

WAITS = (0.0, 1.0, 5.0, 15.0, 30.0)
"""Seconds before each attempt: the retry rules of docs/gateway.md, for a person who waits."""


class Stopped(Exception):
    """The archive takes nothing more for now. What has been answered is remembered."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A capture the archive does not take, and why, without a word of it."""

    capture: Capture
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """One gateway of one archive."""

    outside: Outside
    gateway: str
    sleep: Callable[[float], None] = time.sleep

    def post(self, batch: list[Capture]) -> list[Refusal]:
        """The captures that were refused; every other one has its receipt. Raises Stopped."""
        spoiled = [Refusal(capture, reason) for capture in batch if (reason := capture.spoiled())]
        sound = [capture for capture in batch if all(capture is not one.capture for one in spoiled)]
        return [*spoiled, *(self._deliver(sound) if sound else ())]

    def _deliver(self, batch: list[Capture]) -> Iterable[Refusal]:
        answer = self._insist(b"[" + b",".join(capture.body for capture in batch) + b"]")
        if answer.status == HTTPStatus.ACCEPTED:
            return _refused(batch, answer.document()["results"])
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            return _all_refused(batch, answer.document())
        if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and len(batch) == 1:
            return [Refusal(batch[0], str(answer.document().get("detail")))]
        raise Stopped(f"{answer.status}: {answer.body.decode(errors='replace')}")

    def _insist(self, body: bytes) -> Answer:
        webhook_id = f"replay_{hashlib.sha256(body).hexdigest()[:32]}"
        trouble = ""
        for wait in WAITS:
            self.sleep(wait)
            try:
                answer = self.outside.deliver(body, gateway=self.gateway, webhook_id=webhook_id)
            except urllib3.exceptions.HTTPError as error:
                trouble = f"no answer ({type(error).__name__})"
                continue
            if answer.status != HTTPStatus.TOO_MANY_REQUESTS and answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                return answer
            trouble = f"it answers {answer.status}"
        raise Stopped(f"{self.outside.state['door']} takes nothing: {trouble}, {len(WAITS)} times")


def _refused(batch: list[Capture], results: list[dict[str, Any]]) -> Iterator[Refusal]:
    for result in results:
        if result["status"] == "refused":
            yield Refusal(batch[result["index"]], _reason(result["problem"]["errors"]))


def _all_refused(batch: list[Capture], problem: dict[str, Any]) -> Iterator[Refusal]:
    """The pointers of a batch's problem begin with the position of the event."""
    for index, capture in enumerate(batch):
        own = [
            {**fault, "pointer": fault["pointer"].removeprefix(f"/{index}")}
            for fault in problem["errors"]
            if f"{fault['pointer']}/".startswith(f"/{index}/")
        ]
        yield Refusal(capture, _reason(own))


def _reason(faults: list[dict[str, str]]) -> str:
    return "; ".join(f"{fault['pointer']} {fault['detail']}".strip() for fault in faults)
