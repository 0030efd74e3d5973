"""The door: a person's signed request in, what became of the act out; and the clock, every quarter of an hour."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3

from functions.archive.aws_tables import ConsentTable
from functions.errors import Tampered, TryLater
from functions.intake.accept import World as IntakeWorld
from functions.intake.aws import Delivering, delivering
from functions.law.acts import act_rules, kinds
from functions.law.duties import Standing
from functions.law.policy import deployed
from functions.office.aws import ActTable, KmsActKeys, SqsOrders, StateTable
from functions.office.aws_scopes import ExportTable, ScopeTable
from functions.office.border import Border
from functions.office.door import take
from functions.office.gates import ask_incident
from functions.office.incidents import look_after
from functions.office.office import ACT_ID
from functions.office.settle import World, sweep
from functions.runtime import IMPATIENT, count, logger
from functions.web import Answer, Request, problem, read_request


class Settings(Delivering):
    border_queue_url: str
    custody_queue_url: str
    disposition_queue_url: str
    erasure_queue_url: str
    acts_table: str
    states_table: str
    scopes_table: str
    exports_table: str
    consents_table: str
    people_roles: str
    """`officer=<role ARN>`, and so on, with commas between."""

    def roles(self) -> dict[str, str]:
        return dict(pair.split("=", 1) for pair in self.people_roles.split(","))


def now() -> datetime:
    return datetime.now(UTC)


@cache
def settings() -> Settings:
    return Settings.load()


@cache
def intake() -> IntakeWorld:
    return delivering(settings(), IMPATIENT, now)


@cache
def world() -> World:
    own, dynamodb = settings(), boto3.client("dynamodb", config=IMPATIENT)
    queues = {
        "border": own.border_queue_url,
        "custody": own.custody_queue_url,
        "disposition": own.disposition_queue_url,
        "erasure": own.erasure_queue_url,
    }
    return World(
        intake=intake(),
        acts=ActTable(dynamodb, own.acts_table),
        states=StateTable(dynamodb, own.states_table),
        orders=SqsOrders(boto3.client("sqs", config=IMPATIENT), queues),
        keys=KmsActKeys(boto3.client("kms", config=IMPATIENT), own.intake_key_arn),
        rules=act_rules(),
        gates={"border": border().ask, "incident": ask_incident},
        closing={"border": border().approve},
        border=border(),
    )


@cache
def border() -> Border:
    own, dynamodb = settings(), boto3.client("dynamodb", config=IMPATIENT)
    return Border(
        scopes=ScopeTable(dynamodb, own.scopes_table),
        exports=ExportTable(dynamodb, own.exports_table),
        consents=ConsentTable(dynamodb, own.consents_table),
        policy=deployed().border,
    )


def handle(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """A REST API proxy event, signed by an IAM identity; or a schedule's, which is nobody's."""
    if "httpMethod" not in event:
        _look()
        _sweep()
        return None
    request = read_request(event)
    answer = _answer(request)
    _report(request, answer)
    return answer.to_proxy()


def _look() -> None:
    """What rings when a duty to tell of an incident is not met. A turn that did not look is not counted."""
    try:
        looked = look_after(world(), now())
    except TryLater as reason:
        logger().warning("incidents", extra={"reason": str(reason)})
        return
    for evidence in looked.tampered:
        _alarm(evidence)
    soon, overdue = (
        sum(one.count(standing) for one in looked.incidents) for standing in (Standing.DUE_SOON, Standing.OVERDUE)
    )
    logger().info("incidents", extra={"incidents": len(looked.incidents), "due_soon": soon, "overdue": overdue})
    numbers = {"IncidentDutiesDueSoon": soon, "IncidentDutiesOverdue": overdue}
    count(settings().archive_id, IncidentsLookedAfter=1, **numbers)


def _sweep() -> None:
    try:
        swept = sweep(world(), now())
    except TryLater as reason:
        logger().warning("clock", extra={"reason": str(reason)})
        return
    for evidence in swept.tampered:
        _alarm(evidence)
    logger().info("clock", extra={"settled": swept.settled})
    count(settings().archive_id, ActsSettledByClock=swept.settled)


def _alarm(evidence: Tampered) -> None:
    count(settings().archive_id, ActsTampered=1)
    logger().error("tampered", extra={"reason": str(evidence)})


def _answer(request: Request) -> Answer:
    try:
        return take(request, world=world(), roles=settings().roles(), now=now())
    except TryLater:
        return problem(503, name="busy", title="Not now", detail="send the same again: what was begun is finished then")
    except Tampered as evidence:
        _alarm(evidence)
        return problem(500, name="tampered", title="Evidence does not verify", detail=str(evidence))


def _report(request: Request, answer: Answer) -> None:
    """Who asked for what is logged, whatever the answer. What a caller writes into a path may be anything."""
    act, kind = request.path.get("act", ""), request.path.get("kind", "")
    logger().info(
        "act",
        extra={
            "route": f"{request.method} {request.resource}",
            "act": act if ACT_ID.fullmatch(act) else None,
            "kind": kind if kind in kinds(act_rules()) else None,
            "caller": request.caller,
            "status": answer.status,
        },
    )
    count(settings().archive_id, **{"ActsAnswered" if answer.status == 200 else "ActsRefused": 1})  # noqa: PLR2004 - HTTP's own number
