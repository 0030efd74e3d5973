"""The archive's own reports, newest last, as they lie in the vault."""

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from functions.capture.days import BEIJING, DEFAULT_DAYS, MOST_DAYS
from functions.capture.tokens import IndexKey
from functions.errors import Fault, Rejected
from functions.index.postings import Posting
from functions.retrieval.answers import Report
from functions.retrieval.find import Found
from functions.retrieval.read import World, open_record

NUMBER = re.compile(r"[0-9]{1,3}")


class Between(Protocol):
    def between(self, token: bytes, first_day: str, last_day: str) -> Iterable[Posting]:
        """Postings of a token on these UTC days, both included. Raises TryLater."""
        ...


def parse_days(values: tuple[str, ...]) -> int:
    """Of `?days=`. Raises Rejected."""
    text = values[-1] if values else str(DEFAULT_DAYS)
    if NUMBER.fullmatch(text) is None or not 1 <= int(text) <= MOST_DAYS:
        fault = Fault(pointer="days", detail=f"expected a number from 1 to {MOST_DAYS}")
        raise Rejected("days is not a number of days", (fault,))
    return int(text)


def read_reports(postings: Between, key: IndexKey, world: World, *, days: int, now: datetime) -> list[Report]:
    """Reports made in the last so many days, each once. Raises TryLater, Tampered, Erased."""
    first, last = (now - timedelta(days=days)).date().isoformat(), now.date().isoformat()
    found = [
        Found(one, row)
        for one in postings.between(key.token("report", "completeness"), first, last)
        for row in one.rows
    ]
    since = (now.astimezone(BEIJING) - timedelta(days=days)).date().isoformat()
    reports = {one["record_id"]: one for one in (_read(each, world) for each in found)}
    return sorted((one for one in reports.values() if one["day"] >= since), key=lambda one: one["day"])


def _read(found: Found, world: World) -> Report:
    opened = open_record(found, world=world)
    signed = json.loads(opened.parts[0].body)["data"]
    return {
        "record_id": opened.description["record_id"],
        "day": signed["report"]["day"],
        "report": signed["report"],
        "signature": signed["signature"],
    }
