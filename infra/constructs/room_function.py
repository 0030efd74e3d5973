"""A room's function: its handler from the function object, its environment from `Settings`, its own role."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam, aws_lambda as lambda_, aws_logs as logs
from constructs import Construct

from functions.settings import RoomSettings
from infra.constructs.alarms import Alarms, Limit, period

RUNTIME = lambda_.Runtime.PYTHON_3_13
LOG_RETENTION = logs.RetentionDays.ONE_YEAR
"""Cybersecurity Law of the PRC, art. 23(3): network logs are kept at least six months."""


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
    ) -> None:
        super().__init__(scope, name)
        self.log_group = logs.LogGroup(self, "Log", retention=LOG_RETENTION, removal_policy=cdk.RemovalPolicy.RETAIN)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
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
