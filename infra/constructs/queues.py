"""A queue that nobody has to remember: its failure queue, and an alarm on both."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_, aws_sqs as sqs
from constructs import Construct

from infra.constructs.alarms import Alarms, Limit, period
from infra.constructs.room_function import RoomFunction
from infra.constructs.statements import allow

MAX_RECEIVES = 100
"""Waiting for a busy or broken service counts as a try: an outage of hours must not end in the failure queue."""
KEPT_DAYS = 14
"""The most SQS keeps a message, from the moment it was first sent, also in the failure queue."""
VISIBILITY_PER_TIMEOUT = 6
# Six times the function's timeout: docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html (read 2026-11)
OLDEST_MINUTES = 15


class FailureQueue(sqs.Queue):
    """Where a message waits for a person. One is enough to alarm."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(
            scope,
            name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(KEPT_DAYS),
            removal_policy=cdk.RemovalPolicy.RETAIN,  # a message is a capture we answered for, or an index line owed
        )

    def alarm(self, alarms: Alarms) -> None:
        """Alarm, in the stack of `alarms`, when anything is in it."""
        alarms.watch(
            alarms,
            f"{self.node.id}NotEmpty",
            Limit(
                metric=self.metric_approximate_number_of_messages_visible(period=period(), statistic="Maximum"),
                alarm_at=1,
                says=f"{self.node.id}: a message could not be worked on; it is kept here until it is 14 days old",
            ),
        )


class WatchedQueue(sqs.Queue):
    """A queue worked off by one room. What fails again and again moves to `failures`."""

    def __init__(self, scope: Construct, name: str, *, timeout_seconds: int) -> None:
        self.failures = FailureQueue(scope, f"{name}Failed")
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

    def alarm(self, alarms: Alarms) -> None:
        """Alarm, in the stack of `alarms`, when a message waits too long or has failed."""
        self.failures.alarm(alarms)
        alarms.watch(
            alarms,
            f"{self.node.id}Waiting",
            Limit(
                metric=self.metric_approximate_age_of_oldest_message(period=period(), statistic="Maximum"),
                alarm_at=OLDEST_MINUTES * 60,
                says=f"{self.node.id}: a message waits longer than {OLDEST_MINUTES} minutes; its room is stuck or slow",
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
