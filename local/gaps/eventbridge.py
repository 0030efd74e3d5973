"""EventBridge: whether a queue lets a rule deliver to it."""

import logging
from collections.abc import Callable
from typing import Any

from ministack.services import eventbridge, sqs

from local.gaps.patching import function, replace

_logger = logging.getLogger("fengcun.gaps")


def close_delivery_permission() -> None:
    """A rule delivers only to a queue whose policy lets it.

    AWS: the queue's policy must allow `sqs:SendMessage` to `events.amazonaws.com`, usually for this rule's ARN;
    otherwise the event goes to the target's failure queue, or nowhere.
    ministack: asks the policy for S3 and SNS, and delivers for EventBridge without asking. Here an event that the
    policy refuses goes nowhere, with a warning in the log.
    """
    allows = function(sqs, "queue_policy_allows", "queue_arn service source_arn source_account")

    def around(original: Callable[..., None]) -> Callable[..., None]:
        def invoke(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> None:
            arn = target.get("Arn", "")
            account = rule["Arn"].split(":")[4]
            if ":sqs:" in arn and not allows(arn, "events.amazonaws.com", rule["Arn"], account):
                _logger.warning("the policy of %s does not let %s deliver", arn, rule["Arn"])
                return
            original(target, event, rule, view)

        return invoke

    replace(eventbridge, "_invoke_target", "target event rule view", around)
