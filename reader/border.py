"""What officers see before anything is let abroad: a scope in numbers, and a year. Thin: each is one signed request."""

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any

from reader.door import Door, path_of
from reader.show import moment, visible


def show_scope(chosen: argparse.Namespace, door: Door, act_id: str) -> str:  # noqa: ARG001 - a command's signature
    body = door.get(path_of("border", "scopes", chosen.act), {})
    return body if chosen.as_json else describe_scope(json.loads(body))


def show_year(chosen: argparse.Namespace, door: Door, act_id: str) -> str:  # noqa: ARG001 - a command's signature
    body = door.get(path_of("border", "years", chosen.year), {})
    return body if chosen.as_json else describe_year(json.loads(body))


def describe_scope(told: Mapping[str, Any]) -> str:
    return "\n".join(map(visible, _scope(told)))


def _scope(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"scope {told['act']}: {told['state'].replace('_', ' ')}"
    if told["measured_at"]:
        yield f"  since      {moment(told['measured_at'])}"
    if told["state"] == "too_large":
        yield f"  at most    {told['most_records']} records: order smaller ones, by time or by person"
    counted = told["counted"]
    if counted is None:
        return
    yield f"  records    {counted['records']}"
    yield f"  persons    {counted['persons']}, of {counted['sensitive_persons']} something sensitive"
    yield f"  consent    is the ground for {counted['consent_persons']}: each must have agreed to the recipient"
    yield f"  tiers      {', '.join(counted['tiers']) or 'none'}"
    left = ", ".join(f"{count} {reason}" for reason, count in counted["left_out"].items())
    yield f"  left out   {left or 'nothing'}"
    if counted["broken"]:
        yield f"  broken     {counted['broken']} segments did not verify; what they hold is not in it"
    yield f"  sha256     {counted['scope_sha256']}"


def describe_year(told: Mapping[str, Any]) -> str:
    lines = [
        f"{told['year']}: {len(told['approvals'])} approvals",
        f"  persons    {told['persons']}, of {told['sensitive_persons']} something sensitive",
        f"  route      {told['route'].replace('_', ' ')}",
        *(f"  {one['at']}  act {one['act']}, scope {one['scope']}" for one in told["approvals"]),
    ]
    return "\n".join(map(visible, lines))
