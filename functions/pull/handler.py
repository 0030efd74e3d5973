"""The schedule's turn: fetch what WeCom has, and say how it went."""

import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3

from functions.capture.tokens import endpoint_name
from functions.errors import Rejected, TryLater
from functions.intake.accept import World as IntakeWorld
from functions.intake.aws import Delivering, delivering
from functions.pull.aws import CursorTable, load_secret
from functions.pull.pull import DOOR, Outcome, World, pull
from functions.pull.sdk import PASSING, Executable
from functions.pull.unseal import read_orders, unseal
from functions.runtime import CLIENT, count, logger

CALL_SECONDS = 20.0
"""Of one call of the SDK."""
RESERVE = timedelta(seconds=30 + 2 * (3 * CALL_SECONDS + 5))
"""Left for a page and a message that are under way, three tries of each, and for queueing what has been opened."""
BUSY = "busy"


class Settings(Delivering):
    pull_secret_arn: str
    corp_id: str
    sdk_executable: str


def now() -> datetime:
    return datetime.now(UTC)


@cache
def settings() -> Settings:
    return Settings.load()


@cache
def cursors() -> CursorTable:
    table = boto3.client("dynamodb", config=CLIENT)
    return CursorTable(
        table, settings().deliveries_table, lambda corp_id: intake().index_key.claim(_endpoint(corp_id), b"cursor")
    )


@cache
def intake() -> IntakeWorld:
    return delivering(settings(), CLIENT, now)


def handle(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """The schedule's turn, or a person's, who has read sealed records and asks for them to be opened."""
    if "unseal" in event:
        return _unseal(event)
    _pull(context)
    return None


def _unseal(event: dict[str, Any]) -> dict[str, Any]:
    """Raises TryLater: to ask again changes nothing."""
    try:
        outcome = unseal(read_orders(event), _world())
    except Rejected as refused:
        return {"refused": str(refused)}
    logger().info("unsealed", extra={"opened": len(outcome.opened), "left": len(outcome.left)})
    count(settings().archive_id, MessagesUnsealed=len(outcome.opened))
    return asdict(outcome)


def _pull(context: Any) -> None:
    """A run that fails is made up for by the next one."""
    deadline = now() + timedelta(milliseconds=context.get_remaining_time_in_millis()) - RESERVE
    try:
        outcome = pull(_world(), deadline=deadline)
    except TryLater as reason:
        outcome = Outcome(failure=BUSY)
        logger().warning("pull", extra={"reason": str(reason)})
    _report(outcome)


def _world() -> World:
    own = settings()
    secret = load_secret(boto3.client("secretsmanager", config=CLIENT), own.pull_secret_arn)
    executable = Executable(
        path=own.sdk_executable, corp_id=own.corp_id, secret=secret.secret, timeout_seconds=CALL_SECONDS
    )
    return World(
        corp_id=own.corp_id,
        sdk=executable,
        keys=secret.keys(),
        cursors=cursors(),
        intake=intake(),
        clock=now,
        sleep=time.sleep,
    )


def _report(outcome: Outcome) -> None:
    own, failure = settings(), outcome.failure
    logger().info(
        "pulled",
        extra={"captures": outcome.captures, "left_sealed": outcome.left_sealed, "failure": failure or None},
    )
    count(
        own.archive_id,
        CapturesPulled=outcome.captures,
        MessagesLeftSealed=outcome.left_sealed,
        PullGaps=outcome.gaps,
        PullsDone=int(not failure),
        PullsFailed=int(failure in {*PASSING, BUSY}),
        PullsRefused=int(failure not in {"", *PASSING, BUSY}),
        PullAgeMinutes=_age_minutes() if failure else 0,
    )


def _age_minutes() -> int:
    """Since WeCom last answered; 0 when it never did, or nobody can say."""
    try:
        cursor = cursors().load(settings().corp_id)
    except TryLater:
        return 0
    return cursor.age_minutes(now()) if cursor else 0


def _endpoint(corp_id: str) -> str:
    return endpoint_name(DOOR, corp_id)
