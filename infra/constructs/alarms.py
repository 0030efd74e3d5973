"""Alarms: one topic a person subscribes to, and the few numbers that mean somebody must look."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import (
    aws_cloudwatch as cloudwatch,
    aws_cloudwatch_actions as actions,
    aws_iam as iam,
    aws_sns as sns,
    aws_sns_subscriptions as subscriptions,
)
from constructs import Construct

from infra.deployment import Deployment

PERIOD_MINUTES = 5
NAMESPACE = "Fengcun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A number that must stay below `alarm_at`; `says` is what the person reads."""

    metric: cloudwatch.IMetric
    alarm_at: int
    says: str


class Alarms(Construct):
    def __init__(self, scope: Construct, name: str, *, deployment: Deployment) -> None:
        super().__init__(scope, name)
        self.dimensions = {"service": deployment.archive_id}
        """Under which `functions.runtime.count` counts; a test compares the two."""
        self.topic = sns.Topic(self, "Topic", enforce_ssl=True)
        self.topic.add_to_resource_policy(_cloudwatch_may_publish(self.topic))
        if deployment.alarm_email is not None:
            self.topic.add_subscription(subscriptions.EmailSubscription(deployment.alarm_email))

    def watch_count(self, name: str, says: str) -> None:
        """Alarm when a room counts one `name` or more."""
        metric = cloudwatch.Metric(
            namespace=NAMESPACE, metric_name=name, dimensions_map=self.dimensions, period=period(), statistic="Sum"
        )
        self.watch(self, name, Limit(metric=metric, alarm_at=1, says=says))

    def watch_level(self, name: str, says: str, *, alarm_at: int) -> None:
        """Alarm when a room says that `name` stands this high or higher. One name may have several levels."""
        metric = cloudwatch.Metric(
            namespace=NAMESPACE, metric_name=name, dimensions_map=self.dimensions, period=period(), statistic="Maximum"
        )
        self.watch(self, f"{name}{alarm_at}", Limit(metric=metric, alarm_at=alarm_at, says=says))

    def watch_silence(self, name: str, says: str, *, hours: int) -> None:
        """Alarm when a room counts not one `name` in so many hours, up to a day. No numbers is the bad news."""
        metric = cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map=self.dimensions,
            period=cdk.Duration.hours(1),
            statistic="Sum",
        )
        alarm = cloudwatch.Alarm(
            self,
            f"No{name}",
            metric=metric,
            threshold=1,
            evaluation_periods=hours,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            alarm_description=says,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))

    def watch(self, scope: Construct, name: str, limit: Limit) -> None:
        """Alarm in `scope` when one period reaches the limit. No numbers is good news."""
        alarm = cloudwatch.Alarm(
            scope,
            name,
            metric=limit.metric,
            threshold=limit.alarm_at,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=limit.says,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))


def period() -> cdk.Duration:
    return cdk.Duration.minutes(PERIOD_MINUTES)


def _cloudwatch_may_publish(topic: sns.ITopic) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="AlarmsOfThisAccount",
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=["sns:Publish"],
        resources=[topic.topic_arn],
        conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
    )
