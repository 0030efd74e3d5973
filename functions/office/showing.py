"""What officers are shown about the border: a scope's numbers, and a year's. Pure but for what `World` does."""

import re
from datetime import datetime

from functions.canonical import moment_text
from functions.law.export import MOST_RECORDS, Measured
from functions.office.answers import ScopeCounted, ScopeShown, YearShown
from functions.office.office import Caller, Forbidden, Unknown, find, rule_of
from functions.office.settle import World, settle
from functions.web import Answer, Request, json_answer

SCOPE, APPROVAL = "border.scope", "border.approval"
YEAR = re.compile(r"2[0-9]{3}", re.ASCII)


def show_scope(request: Request, world: World, caller: Caller, now: datetime) -> Answer:
    _allow(world, SCOPE, caller)
    act = settle(world, find(world, request.path["act"], kind=SCOPE), now)
    measured = world.border.scopes.measured(act.act_id)
    shown: ScopeShown = {
        "act": act.act_id,
        "state": measured.state if measured else "measuring",
        "measured_at": moment_text(measured.at) if measured else None,
        "most_records": MOST_RECORDS,
        "counted": _counted(measured) if measured and measured.state == "ready" else None,
    }
    return json_answer(200, shown)


def show_year(request: Request, world: World, caller: Caller, now: datetime) -> Answer:  # noqa: ARG001 - a route's signature
    _allow(world, APPROVAL, caller)
    if YEAR.fullmatch(request.path["year"]) is None:
        raise Unknown("a year has four digits: 2026")
    year, counters, route = world.border.so_far(int(request.path["year"]))
    shown: YearShown = {
        "year": year.year,
        "persons": counters.persons,
        "sensitive_persons": counters.sensitive_persons,
        "route": route,
        "approvals": [{"act": one.act, "scope": one.scope, "at": moment_text(one.at)} for one in year.approvals],
    }
    return json_answer(200, shown)


def _allow(world: World, kind: str, caller: Caller) -> None:
    """Raises Forbidden."""
    rule = rule_of(world, kind)
    if caller.who.role not in rule.shown_to:
        raise Forbidden(f"this is shown to: {', '.join(sorted(rule.shown_to))}")


def _counted(measured: Measured) -> ScopeCounted:
    return {
        "records": measured.records,
        "persons": measured.persons,
        "sensitive_persons": measured.sensitive_persons,
        "consent_persons": measured.consent_persons,
        "tiers": sorted(measured.tiers),
        "left_out": {str(reason): count for reason, count in sorted(measured.left.items())},
        "broken": measured.broken,
        "scope_sha256": measured.scope_sha256 or "",
    }
