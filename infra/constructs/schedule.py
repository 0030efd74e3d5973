"""A schedule that wakes a room, under a role that can do nothing else."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam, aws_scheduler as scheduler

from infra.constructs.room_function import RoomFunction
from infra.constructs.statements import allow


def wake(room: RoomFunction, *, expression: str, description: str) -> iam.Policy:
    """What lets the schedule call the room's function. A turn that fails is not tried again: the next one does it."""
    room.function.configure_async_invoke(retry_attempts=0)
    ours = {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
    principal = iam.ServicePrincipal("scheduler.amazonaws.com", conditions=ours)
    role = iam.Role(room, "ScheduleRole", assumed_by=principal)
    policy = iam.Policy(room, "ScheduleMay", roles=[role])
    policy.add_statements(allow("WakeTheRoom", ["lambda:InvokeFunction"], [room.function.function_arn]))
    schedule = scheduler.CfnSchedule(
        room,
        "Schedule",
        description=description,
        schedule_expression=expression,
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=scheduler.CfnSchedule.TargetProperty(
            arn=room.function.function_arn,
            role_arn=role.role_arn,
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(maximum_retry_attempts=0),
        ),
    )
    schedule.node.add_dependency(policy)
    return policy
