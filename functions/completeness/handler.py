"""The schedule's turn: say what is missing, make the report that is due. Or a person's: `{"report": "2026-11-25"}`."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import boto3

from functions.archive.aws import CustodianTable
from functions.archive.aws_media import MediaTable
from functions.capture.tokens import endpoint_name
from functions.completeness.aws import HeldTable, KmsSigner, PostingTable, ReportTable, SequenceTable, TombstoneTable
from functions.completeness.days import Index
from functions.completeness.deliver import ENDPOINT
from functions.completeness.watch import Outcome, World, watch
from functions.intake.accept import World as IntakeWorld
from functions.intake.aws import Delivering, delivering
from functions.law.policy import deployed
from functions.pull.aws import CursorTable
from functions.pull.pull import DOOR as PULL
from functions.runtime import CLIENT, count, logger


class Settings(Delivering):
    postings_table: str
    custodians_table: str
    sequences_table: str
    tombstones_table: str
    media_table: str
    held_table: str
    report_key_arn: str
    corp_id: str
    """Whom the pull room reads; empty where there is none."""


def now() -> datetime:
    return datetime.now(UTC)


@cache
def settings() -> Settings:
    return Settings.load()


@cache
def intake() -> IntakeWorld:
    return delivering(settings(), CLIENT, now)


@cache
def world() -> World:
    own, key, table = settings(), intake().index_key, boto3.client("dynamodb", config=CLIENT)
    index = Index(PostingTable(table, own.postings_table), key)
    return World(
        archive_id=own.archive_id,
        corps={endpoint_name(PULL, own.corp_id): own.corp_id} if own.corp_id else {},
        index=index,
        custodians=CustodianTable(table, own.custodians_table),
        streams=SequenceTable(table, own.sequences_table),
        cursors=CursorTable(
            table, own.deliveries_table, lambda corp_id: key.claim(endpoint_name(PULL, corp_id), b"cursor")
        ),
        policy=deployed().completeness,
        media=MediaTable(table, own.media_table),
        tombstones=TombstoneTable(table, own.tombstones_table),
        signer=KmsSigner(boto3.client("kms", config=CLIENT), own.report_key_arn),
        held=HeldTable(table, own.held_table),
        reports=ReportTable(table, own.deliveries_table, lambda day: key.claim(ENDPOINT, f"report {day}".encode())),
        intake=intake(),
        clock=now,
    )


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A turn that fails is made up for by the next one."""
    asked = event.get("report")
    outcome = watch(world(), asked=None if asked is None else date.fromisoformat(asked))
    _report(outcome)
    return {"signed": outcome.signed, "current": outcome.current}


def _report(outcome: Outcome) -> None:
    numbers = {
        "SequenceGaps": outcome.gaps,
        "CustodiansSilent": outcome.silent,
        "ChatArchiveOverdueHours": outcome.overdue_hours,
        "ReportsSigned": outcome.signed,
        "ReportsCurrent": int(outcome.current),
        "SuspectsOverdue": outcome.waited.suspects,
        "HeldDecidedAgain": outcome.waited.decided_again,
    }
    logger().info("completeness", extra=numbers)
    count(settings().archive_id, **numbers)
