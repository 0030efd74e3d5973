"""The custodian's turn: a person's signed request, or orders from the queue."""

import os
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3

from functions.capture.identity import uuid7
from functions.custody.aws import HeldTable, S3Quarantine, StateTable
from functions.custody.door import RECORD_ID, take
from functions.custody.orders import World, carry_out, read_order
from functions.errors import Rejected, Tampered, TryLater
from functions.intake.aws import Delivering, delivering
from functions.office.aws import ActTable, KmsActKeys
from functions.runtime import CLIENT, Message, count, logger, messages, unsettled
from functions.web import Answer, Request, problem, read_request


class Settings(Delivering):
    quarantine_bucket: str
    quarantine_key_arn: str
    acts_table: str
    states_table: str
    held_table: str
    people_roles: str
    """As the office's."""

    def roles(self) -> dict[str, str]:
        return dict(pair.split("=", 1) for pair in self.people_roles.split(","))


def now() -> datetime:
    return datetime.now(UTC)


@cache
def settings() -> Settings:
    return Settings.load()


@cache
def world() -> World:
    own, dynamodb = settings(), boto3.client("dynamodb", config=CLIENT)
    s3, kms = boto3.client("s3", config=CLIENT), boto3.client("kms", config=CLIENT)
    intake = delivering(own, CLIENT, now)
    return World(
        intake=intake,
        quarantine=S3Quarantine(s3, own.quarantine_bucket),
        waiting=HeldTable(dynamodb, own.held_table, intake.index_key.token("held", "quarantine")),
        states=StateTable(dynamodb, own.states_table),
        acts=ActTable(dynamodb, own.acts_table),
        unwrap=KmsActKeys(kms, own.quarantine_key_arn).unwrap,
    )


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A REST API proxy event, or an SQS event."""
    if "Records" in event:
        return unsettled(message.id for message in messages(event) if not _settled(message))
    request = read_request(event)
    answer = _answer(request)
    record_id = request.path.get("record_id", "")
    known = record_id if RECORD_ID.fullmatch(record_id) else None
    told = {"route": request.resource, "record_id": known, "caller": request.caller, "status": answer.status}
    logger().info("suspects", extra=told)
    return answer.to_proxy()


def _answer(request: Request) -> Answer:
    moment = now()
    act_id = uuid7(moment, os.urandom(10))
    try:
        return take(request, world=world(), roles=settings().roles(), now=moment, act_id=act_id)
    except TryLater:
        return problem(503, name="busy", title="Not now", detail="the archive is busy: ask again")
    except Tampered as evidence:
        _alarm(evidence)
        return problem(500, name="tampered", title="Evidence does not verify", detail=str(evidence))


def _settled(message: Message) -> bool:
    """What this room cannot carry out stays on its queue, and ends in the failure queue, which alarms."""
    try:
        order = read_order(message.body)
        outcome = carry_out(world(), order, now())
    except (TryLater, Rejected) as reason:
        logger().warning("order", extra={"message_id": message.id, "reason": str(reason)})
        return False
    except Tampered as evidence:
        _alarm(evidence)
        return False
    kind = outcome.kind if outcome else "again"
    logger().info("order", extra={"act": order.act, "record_id": order.record, "outcome": kind})
    if outcome is not None:
        count(settings().archive_id, **{"OrdersFailed" if outcome.failed else "SuspectsDecided": 1})
    return True


def _alarm(evidence: Tampered) -> None:
    count(settings().archive_id, CustodyTampered=1)
    logger().error("tampered", extra={"reason": str(evidence)})
