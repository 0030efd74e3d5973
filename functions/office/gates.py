"""The border gate, asked with what an officer writes down; its answer goes into the act's own record, yes or no."""

from collections.abc import Mapping
from typing import Any

from functions.law.border import BorderPolicy, Counters, ExportRequest, gate


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
