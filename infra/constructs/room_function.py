"""A room's function: its handler from the function object, its environment from `Settings`, its own role."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam, aws_lambda as lambda_, aws_logs as logs
from constructs import Construct

from functions.settings import RoomSettings
from infra.constructs.alarms import Alarms, Limit, period
from infra.constructs.statements import allow

RUNTIME = lambda_.Runtime.PYTHON_3_13
LOG_RETENTION = logs.RetentionDays.ONE_YEAR
"""Cybersecurity Law of the PRC, art. 23(3): network logs are kept at least six months."""

NETWORK = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
]
# What Lambda needs to put a function into a VPC: docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html, 2026-11


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the code says about a room, and how much machine it gets."""

    handle: Callable[[dict[str, Any], Any], Any]
    settings: type[RoomSettings]
    memory_mb: int
    timeout_seconds: int

    def handler(self) -> str:
        """The string Lambda wants, from the function itself, so that it cannot drift."""
        return f"{self.handle.__module__}.{self.handle.__name__}"

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """`variables`, upper-cased. Raises ValueError unless they are exactly those that `settings` declares."""
        given = {name.upper(): value for name, value in variables.items()}
        declared = self.settings.variables()
        if given.keys() != declared:
            raise ValueError(
                f"{self.settings.__module__}.Settings and infra disagree:"
                f" missing {sorted(declared - given.keys())}, unknown {sorted(given.keys() - declared)}"
            )
        return given


class RoomFunction(Construct):
    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        room: Room,
        code: lambda_.Code,
        variables: Mapping[str, str],
        alarms: Alarms,
        role: iam.Role | None = None,
    ) -> None:
        """`role` is given where a bucket policy has to name it; otherwise the room makes its own."""
        super().__init__(scope, name)
        self.inside = False
        """Whether it runs in the firm's VPC."""
        self.log_group = logs.LogGroup(self, "Log", retention=LOG_RETENTION, removal_policy=cdk.RemovalPolicy.RETAIN)
        self.role = role or iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.permissions = iam.Policy(self, "Permissions", roles=[self.role])
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=RUNTIME,
            architecture=lambda_.Architecture.X86_64,
            handler=room.handler(),
            code=code,
            role=self.role.without_policy_updates(),
            environment=room.environment(variables),
            memory_size=room.memory_mb,
            timeout=cdk.Duration.seconds(room.timeout_seconds),
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            description=f"Fengcun {name.lower()}",
        )
        self._may_log()
        self._watch(alarms)

    def may(self, *statements: iam.PolicyStatement) -> None:
        """Add to the room's permissions. Nothing else adds any."""
        self.permissions.add_statements(*statements)

    def joins(self, subnet_ids: Sequence[str], security_group_id: str) -> None:
        """Into the firm's VPC. Lambda asks for the network rights when it makes the function."""
        self.inside = True
        self.may(allow("JoinTheNetwork", NETWORK, ["*"]))
        function = cast("lambda_.CfnFunction", self.function.node.default_child)
        function.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
            subnet_ids=list(subnet_ids), security_group_ids=[security_group_id]
        )
        self.function.node.add_dependency(self.permissions)

    def _may_log(self) -> None:
        self.may(
            iam.PolicyStatement(
                sid="WriteItsLog",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[self.log_group.log_group_arn],
            )
        )

    def _watch(self, alarms: Alarms) -> None:
        alarms.watch(
            self,
            "Errors",
            Limit(
                metric=self.function.metric_errors(period=period()),
                alarm_at=1,
                says=f"{self.node.id}: the function crashed or ran out of time",
            ),
        )
