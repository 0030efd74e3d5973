"""The rules that are asked with what an officer writes down. Their answer goes into the act's own record. Pure."""

from collections.abc import Mapping
from typing import Any

from functions.canonical import moment_text, parse_moment
from functions.law.border import BorderPolicy, Counters, ExportRequest, gate
from functions.law.incident import Incident, deadlines


def ask_border(document: Mapping[str, Any], *, policy: BorderPolicy, year: int) -> dict[str, Any]:
    """`allowed`, the route that must have been gone through, and each rule that holds with what it misses."""
    request = ExportRequest(
        recipient=document["recipient"],
        country=document["country"],
        records=document["records"],
        persons=document["persons"],
        sensitive_persons=document["sensitive_persons"],
        tiers=frozenset(document["tiers"]),
        approval_id=document.get("approval_id"),
        legal_route=document.get("legal_route"),
        scope_sha256=document["scope_sha256"],
    )
    counters = Counters(
        year=year,
        persons=document["persons_this_year"],
        sensitive_persons=document["sensitive_persons_this_year"],
    )
    found = gate(request, counters, policy)
    return {
        "allowed": found.allowed,
        "route": found.route,
        "reasons": [
            {
                "rule": one.rule,
                "version": one.version,
                "citation": one.citation,
                "blocks": one.blocks,
                "missing": list(one.missing),
            }
            for one in found.reasons
        ],
    }


def ask_incident(document: Mapping[str, Any]) -> dict[str, Any]:
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
