"""A queue that nobody has to remember: its failure queue, and an alarm on both."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_, aws_sqs as sqs
from constructs import Construct

from infra.constructs.alarms import Alarms, Limit, period
from infra.constructs.room_function import RoomFunction
from infra.constructs.statements import allow

MAX_RECEIVES = 5
KEPT_DAYS = 14
"""The most SQS keeps a message."""
VISIBILITY_PER_TIMEOUT = 6
# Six times the function's timeout: docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html (read 2026-11)
OLDEST_MINUTES = 15


class FailureQueue(sqs.Queue):
    """Where a message waits for a person. One is enough to alarm."""

    def __init__(self, scope: Construct, name: str, *, alarms: Alarms) -> None:
        super().__init__(
            scope,
            name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(KEPT_DAYS),
            removal_policy=cdk.RemovalPolicy.RETAIN,  # a message is a capture we answered for, or an index line owed
        )
        alarms.watch(
            self,
            "NotEmpty",
            Limit(
                metric=self.metric_approximate_number_of_messages_visible(period=period(), statistic="Maximum"),
                alarm_at=1,
                says=f"{self.node.id}: a message could not be worked on; it is kept here, the log says why",
            ),
        )


class WatchedQueue(sqs.Queue):
    """A queue worked off by one room. After five tries a message moves to `failures`."""

    def __init__(self, scope: Construct, name: str, *, timeout_seconds: int, alarms: Alarms) -> None:
        self.failures = FailureQueue(scope, f"{name}Failed", alarms=alarms)
        super().__init__(
            scope,
            name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(KEPT_DAYS),
            removal_policy=cdk.RemovalPolicy.RETAIN,
            visibility_timeout=cdk.Duration.seconds(VISIBILITY_PER_TIMEOUT * timeout_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=MAX_RECEIVES, queue=self.failures),
        )
        alarms.watch(
            self,
            "Waiting",
            Limit(
                metric=self.metric_approximate_age_of_oldest_message(period=period(), statistic="Maximum"),
                alarm_at=OLDEST_MINUTES * 60,
                says=f"{name}: a message waits longer than {OLDEST_MINUTES} minutes; its room is stuck or too slow",
            ),
        )

    def wakes(self, function: RoomFunction, *, batch_size: int, window_seconds: int, concurrency: int) -> None:
        """`function` works this queue off, and says itself which messages of a batch failed."""
        function.may(
            allow(
                "WorkOffTheQueue",
                ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
                [self.queue_arn],
            )
        )
        mapping = lambda_.EventSourceMapping(
            function,
            "Wake",
            target=function.function,
            event_source_arn=self.queue_arn,
            batch_size=batch_size,
            max_batching_window=cdk.Duration.seconds(window_seconds),
            report_batch_item_failures=True,
            max_concurrency=concurrency,
        )
        mapping.node.add_dependency(function.permissions)
