"""Acts as a person writes them down and reads them: documents from arguments, pages from answers. Pure."""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reader.errors import Misused, Refused
from reader.show import moment, visible

CONSENT = ("person", "purpose", "at", "notice_sha256", "category", "method", "guardian", "turns_14")
HOLD = ("matter", "custodians", "conversations", "sent_from", "sent_until")


def document(chosen: argparse.Namespace, *, act_id: str, names: Iterable[str]) -> dict[str, Any]:
    """What the arguments say, those that were left out left out."""
    said = {name: getattr(chosen, name) for name in (*names, "reason")}
    return {
        "id": chosen.id or act_id,
        **{name: value for name, value in said.items() if value not in (None, False, [])},
    }


def free_document(chosen: argparse.Namespace, *, act_id: str, text: str) -> dict[str, Any]:
    """The file's document with `--set` over it; an id where neither gives one. Raises Misused."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Misused(f"the document is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise Misused("the document is not a JSON object")
    given = {"reason": chosen.reason, "id": chosen.id}
    set_over = {name: value for name, value in given.items() if value is not None}
    return {"id": act_id, **found, **dict(chosen.set), **set_over}


def pair(text: str) -> tuple[str, Any]:
    """`hours=4`, `custodians=["a"]`, `matter=M-1`: JSON where it is JSON, text otherwise."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError("expected NAME=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def kind_of(acts: Mapping[str, Any], act_id: str) -> str:
    """From the list of open proposals. Raises Refused."""
    for one in acts["acts"]:
        if one["act"] == act_id:
            return str(one["kind"])
    raise Refused(f"no open proposal has the id {act_id}; if it is no longer open, name its --kind")


def describe_standing(told: Mapping[str, Any]) -> str:
    lines = [
        f"act {told['act']}: {told['kind']}, {told['state']}",
        f"  since     {moment(told['at'])}",
        f"  recorded  as record {told['record_id']}",
    ]
    if told["state"] == "proposed":
        lines += [
            f"  open      until {moment(told['open_until'])}",
            f"  then      another person: fengcun act approve {told['act']}",
        ]
    return "\n".join(map(visible, lines))


def describe_list(told: Mapping[str, Any]) -> str:
    lines = [f"{told['state']}: {len(told['acts'])} acts" + ("" if told["complete"] else ", and there are more")]
    for one in told["acts"]:
        until = f", open until {one['open_until']}" if one["state"] == "proposed" else ""
        lines.append(f"  {one['act']}  {one['kind']:<18}since {one['at']}{until}")
    return "\n".join(map(visible, lines))


def describe_act(told: Mapping[str, Any]) -> str:
    """All of it: what whoever approves must have read."""
    lines = [*describe_standing(told).split("\n"), "", "document"]
    lines += [f"  {name:<14}{_text(value)}" for name, value in told["document"].items()]
    lines += ["", *_said("proposed", told["proposed"]), *_said("decided", told["decided"] or {})]
    lines += [f"rule  {told['rule']['id']}: {told['rule']['citation']}"]
    lines += _asked(told["gate"] or {})
    return "\n".join(map(visible, lines))


def _asked(gate: Mapping[str, Any]) -> Iterator[str]:
    if "route" in gate:
        yield f"gate  {'open' if gate['allowed'] else 'closed'}, route {gate['route']}"
    for one in gate.get("reasons", []):
        yield f"  {one['rule']}: {', '.join(one['missing']) or 'met'}"
    for one in gate.get("clocks", []):
        yield f"due   {moment(one['due'])}  tell the {one['tell']}: {one['rule']}, {one['citation']}"


def describe_incidents(told: Mapping[str, Any]) -> str:
    """Who must be told by when; what is not met stands out."""
    lines = [f"{len(told['incidents'])} incidents of the last {told['days']} days"]
    if not told["complete"]:
        lines.append("NOT complete: an act about an incident does not verify (alarm ActsTampered)")
    for one in told["incidents"]:
        lines += ["", f"incident {one['act']}, detected {moment(one['detected_at'])}"]
        lines += [f"  it supersedes {one['supersedes']}"] if one["supersedes"] else []
        lines += [line for duty in one["duties"] for line in _duty(duty)]
    return "\n".join(map(visible, lines))


def _duty(duty: Mapping[str, Any]) -> Iterator[str]:
    standing = duty["standing"].replace("_", " ")
    shown = standing if duty["told_by"] else standing.upper()
    yield f"  {shown:<9} tell the {duty['tell']} by {moment(duty['due'])}: {duty['rule']}"
    yield f"            {duty['citation']}"
    if duty["told_by"]:
        yield f"            told {moment(duty['told_at'])}: act {duty['told_by']}"


def describe_suspects(told: Mapping[str, Any]) -> str:
    lines = [f"{len(told['suspects'])} suspects" + ("" if told["complete"] else ", and there are more")]
    for one in told["suspects"]:
        lines.append(f"  {one['record_id']}  {one['state']}, since {one['since']}, due {one['due']}")
        lines.append(f"    {', '.join(one['reasons'])}")
    return "\n".join(map(visible, lines))


def describe_suspect(told: Mapping[str, Any], capture: str) -> str:
    lines = [
        f"suspect {told['record_id']}: {told['state']}",
        f"  because   {', '.join(told['reasons'])}",
        f"  since     {moment(told['since'])}",
        f"  due       {moment(told['due'])}",
        f"  sent      {moment(told['sent_at'])}",
        f"  received  {moment(told['received_at'])}",
        f"  source    {told['source']}",
        f"  type      {told['event_type']}",
        "",
        "(that you have looked is recorded)",
        "",
        *capture.replace("\r\n", "\n").split("\n"),
    ]
    return "\n".join(map(visible, lines))


def _said(step: str, said: Mapping[str, Any]) -> Iterator[str]:
    if said:
        who = said.get("person") or said.get("by")
        yield f"{step}  by {who}, {said.get('role', 'nobody')}, {said.get('at', '')}".rstrip(", ")
        if "reason" in said:
            yield f"  {_text(said['reason'])}"


def _text(value: Any) -> str:
    return value.replace("\n", " ") if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
