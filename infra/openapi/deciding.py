"""The routes of people who decide: acts, incidents and suspects."""

import sys
from typing import Any

from functions.capture.tokens import RECORD_ID_DIGITS
from functions.custody import door as custody_door
from functions.law.acts import act_rules, kinds
from functions.office import door as office_door, showing
from functions.office.act import State
from functions.office.documents import LARGEST_BODY_BYTES, UUID7
from infra.openapi.answers import Given, answers
from infra.openapi.operation import Operation, in_path, in_query
from infra.openapi.shapes import reference
from infra.rooms import custody, office

OFFICE, CUSTODY = (sys.modules[room.handle.__module__] for room in (office.ROOM, custody.ROOM))
RECORD_ID = {"pattern": f"^[0-9a-f]{{{RECORD_ID_DIGITS}}}$"}


def deciding() -> dict[str, Operation]:
    """By method and path."""
    return _acts() | _border() | _suspects()


def _acts() -> dict[str, Operation]:
    kind, act = in_path("kind", {"enum": kinds(act_rules())}), in_path("act", {"pattern": UUID7})
    state = in_query("state", {"enum": [one.value for one in State], "default": State.PROPOSED.value})
    return {
        "POST /acts/{kind}": Operation(
            id="proposeAct",
            summary="Propose an act; where one person decides, do it",
            answers=_office("_propose", "_too_large"),
            result=reference("ActStanding"),
            parameters=(kind,),
            body=_body("ActDocument"),
        ),
        "POST /acts/{kind}/{act}/approval": Operation(
            id="decideAct",
            summary="Approve or refuse what another person proposed",
            answers=_office("_decide", "_too_large"),
            result=reference("ActStanding"),
            parameters=(kind, act),
            body=_body("Decision"),
        ),
        "GET /acts": Operation(
            id="listActs",
            summary="Which acts are in a state, the newest first",
            answers=_office("_list"),
            result=reference("ActList"),
            parameters=(state | {"required": False},),
        ),
        "GET /acts/{kind}/{act}": Operation(
            id="showAct",
            summary="One act whole, for those who decide about its kind",
            answers=_office("_show"),
            result=reference("ActShown"),
            parameters=(kind, act),
        ),
        "GET /incidents": Operation(
            id="listIncidents",
            summary="Incidents of the last weeks: who must be told by when, and who was",
            answers=_office("_incidents"),
            result=reference("IncidentList"),
        ),
    }


def _border() -> dict[str, Operation]:
    return {
        "GET /border/scopes/{act}": Operation(
            id="showScope",
            summary="What is in a scope that was ordered with border.scope: numbers, and the hash of its list",
            answers=_showing("show_scope"),
            result=reference("ScopeShown"),
            parameters=(in_path("act", {"pattern": UUID7}),),
        ),
        "GET /border/years/{year}": Operation(
            id="showBorderYear",
            summary="Whose information counts as gone abroad in a year, and which route so many ask for",
            answers=_showing("show_year"),
            result=reference("YearShown"),
            parameters=(in_path("year", {"pattern": f"^{showing.YEAR.pattern}$"}),),
        ),
    }


def _suspects() -> dict[str, Operation]:
    return {
        "GET /suspects": Operation(
            id="listSuspects",
            summary="What lies in quarantine: codes and times",
            answers=_custody("_list"),
            result=reference("SuspectList"),
        ),
        "GET /suspects/{record_id}": Operation(
            id="showSuspect",
            summary="Look at one suspect; that you look is recorded first",
            answers=_custody("_show"),
            result=reference("SuspectShown"),
            parameters=(in_path("record_id", RECORD_ID),),
        ),
    }


def _office(*functions: str) -> frozenset[Given]:
    return frozenset(answers(office_door, ("take", *functions)) | answers(OFFICE, ("_answer",)))


def _showing(function: str) -> frozenset[Given]:
    return frozenset(answers(showing, (function,)) | answers(office_door, ("take",)) | answers(OFFICE, ("_answer",)))


def _custody(function: str) -> frozenset[Given]:
    return frozenset(answers(custody_door, ("take", function)) | answers(CUSTODY, ("_answer",)))


def _body(name: str) -> dict[str, Any]:
    content = {"application/json": {"schema": reference(name)}}
    return {"required": True, "description": f"at most {LARGEST_BODY_BYTES} bytes", "content": content}
