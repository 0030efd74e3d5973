"""The clocks that run by what an officer writes down. Their answer goes into the act's own record. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.canonical import moment_text, parse_moment
from functions.law.incident import Incident, deadlines


def ask_incident(document: Mapping[str, Any], now: datetime) -> dict[str, Any]:  # noqa: ARG001 - a gate's signature
    """`clocks`: every duty to report that runs, the nearest first. Nothing is forbidden."""
    incident = Incident(
        detected_at=parse_moment(document["detected_at"]),
        facts=frozenset(document["facts"]),
        persons=document["persons"],
        loss_yuan=document["loss_yuan"],
        ciio=document["ciio"],
        averted=document["averted"],
    )
    clocks = [
        {
            "rule": one.rule,
            "version": one.version,
            "citation": one.citation,
            "tell": one.tell,
            "due": moment_text(one.due),
        }
        for one in deadlines(incident)
    ]
    return {"allowed": True, "clocks": clocks}
