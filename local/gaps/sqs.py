"""SQS: how batch calls are authorised, and how many messages one invocation gets."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from ministack.core import iam_actions
from ministack.services import lambda_svc, sqs

from local.gaps.patching import function, need, replace

_SINGLE_ACTIONS = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
_PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024  # of a synchronous Lambda invocation
_ENVELOPE_BYTES = 1024  # what an SQS record weighs in the event besides its body, generously


def close_batch_actions() -> None:
    """A batch call is authorised as the single call.

    AWS: there is no IAM action `sqs:SendMessageBatch`; the batch calls are checked as `sqs:SendMessage` and so on.
    ministack: checks the name of the API call, so a role that may send is denied when it sends ten at once.
    """

    def around(original: Callable[..., str | None]) -> Callable[..., str | None]:
        def action(*args: Any, **kwargs: Any) -> str | None:
            name = original(*args, **kwargs)
            return _SINGLE_ACTIONS.get(name, name) if name else name

        return action

    replace(iam_actions, "extract_iam_action", "service method path headers body query_params", around)


def fitting(messages: Sequence[dict[str, Any]], limit: int) -> int:
    """How many of the first `messages` go into one invocation: at most `limit`, at most 6 MB, at least one."""
    weight = 0
    for taken, message in enumerate(messages[:limit]):
        weight += len(message["body"].encode()) + _ENVELOPE_BYTES
        if weight > _PAYLOAD_LIMIT_BYTES and taken:
            return taken
    return min(len(messages), limit)


def must_wait(messages: Sequence[dict[str, Any]], limit: int, *, window_seconds: float, now: float) -> bool:
    """Whether the batching window is still open: the batch is not full and its oldest message is young enough."""
    full = len(messages) >= limit or fitting(messages, limit) < len(messages)
    return not full and now - min(message["visible_at"] for message in messages) < window_seconds


def _window_seconds(queue_arn: str) -> float:
    mappings = need(lambda_svc, "_iter_all_esms")()
    windows = [
        mapping.get("MaximumBatchingWindowInSeconds") or 0
        for _account, _region, mapping in mappings
        if mapping.get("EventSourceArn") == queue_arn
    ]
    return float(max(windows, default=0))


def close_large_batches() -> None:
    """An event source mapping gathers as many messages, for as long, as it says.

    AWS: a mapping on a standard queue takes up to 10,000 messages per invocation when it has a batching window,
    waits for the window from the first message on, and stops at 6 MB of payload.
    ministack: stores BatchSize and MaximumBatchingWindowInSeconds, takes at most ten messages, and never waits.
    """
    lock = need(sqs, "_queues_lock")
    find = function(sqs, "_get_q", "url action")
    collect = function(sqs, "_collect_msgs", "q max_n vis_timeout")
    expire = function(sqs, "_expire_retained", "q")
    sweep = function(sqs, "_dlq_sweep", "q")
    complete = function(sqs, "_ensure_msg_fields", "m")
    need(lambda_svc, "_iter_all_esms")

    def around(original: Callable[..., list[dict[str, Any]]]) -> Callable[..., list[dict[str, Any]]]:
        def receive(queue_url: str, max_number: int) -> list[dict[str, Any]]:
            queue = find(queue_url)
            if queue["is_fifo"]:
                return original(queue_url, max_number)
            window = _window_seconds(queue["attributes"]["QueueArn"])
            with lock:
                expire(queue)
                sweep(queue)
                for message in queue["messages"]:
                    complete(message)
                now = time.time()
                visible = [message for message in queue["messages"] if message["visible_at"] <= now]
                if not visible or must_wait(visible, max_number, window_seconds=window, now=now):
                    return []
                hidden_for = int(queue["attributes"].get("VisibilityTimeout", "30"))
                batch: list[dict[str, Any]] = collect(queue, fitting(visible, max_number), hidden_for)
                return batch

        return receive

    replace(sqs, "_receive_messages_for_esm", "queue_url max_number", around)
