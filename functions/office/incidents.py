"""Incidents as the acts about them say: what must be right about a new one, and how the duties of all stand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from functions.canonical import parse_moment
from functions.errors import Fault, Rejected, Tampered
from functions.law.duties import Opened, Telling, Watched, look, meets
from functions.law.incident import Deadline
from functions.office.act import Act, State, Step
from functions.office.settle import World, opened

DAYS = 60
"""For so long the clock looks after an act about an incident. What is older was told, or has rung for two months."""


@dataclass(slots=True)
class Looked:
    """What one look came to."""

    incidents: tuple[Watched, ...] = ()
    tampered: list[Tampered] = field(default_factory=list)
    """Acts that do not verify. They hide no other."""


def look_after(world: World, now: datetime) -> Looked:
    """Every incident of the last weeks, and how its duties stand. Raises TryLater."""
    looked, since = Looked(), now - timedelta(days=DAYS)
    opens = _opens(world, since, looked.tampered)
    since = min([since, *(one.at for one in opens)])
    told = _approved(world, _listed(world, since, opening=False), looked.tampered)
    looked.incidents = look(opens, [_telling(step.document) for _, step in told], now)
    return looked


def check(world: World, document: Mapping[str, Any], now: datetime) -> None:
    """What an act about an incident says of another must be so. Raises Rejected, TryLater and Tampered."""
    if "supersedes" in document:
        before = _named(world, document, "supersedes")
        if parse_moment(document["detected_at"]) > before.detected_at:
            raise _refused("/detected_at", "later than in the act that it supersedes; no clock starts again")
    if "incident" in document:
        _check_telling(document, _named(world, document, "incident"), now)


def _check_telling(document: Mapping[str, Any], incident: Opened, now: datetime) -> None:
    if parse_moment(document["at"]) > now:
        raise _refused("/at", "lies ahead: say it when they have been told")
    towards = [clock.rule for clock in incident.clocks if clock.tell == document["told"]]
    telling = _telling(document)
    if not telling.rules <= frozenset(towards):
        raise _refused("/rules", f"of this incident, the duties towards them are: {', '.join(towards) or 'none'}")
    if towards and not meets(telling, incident):
        raise _refused("/rules", f"name those that are met by it: {', '.join(towards)}")


def _named(world: World, document: Mapping[str, Any], name: str) -> Opened:
    act = world.acts.get(document[name])
    step = opened(world, act) if act is not None else None
    if act is None or step is None or _clocks(step) is None or step.event["data"]["step"] != State.APPROVED:
        raise _refused(f"/{name}", "no act with this id has opened an incident; `GET /incidents` lists those that have")
    return _opened(act, step)


def _opens(world: World, since: datetime, tampered: list[Tampered]) -> list[Opened]:
    """Those of the last weeks, and what they supersede, however old."""
    found: dict[str, Opened | None] = {}
    wanted = _listed(world, since, opening=True)
    while wanted:
        steps = _approved(world, wanted, tampered)
        found |= dict.fromkeys(wanted) | {act.act_id: _opened(act, step) for act, step in steps}
        wanted = {one.supersedes for one in found.values() if one and one.supersedes} - found.keys()
    return [one for one in found.values() if one is not None]


def _listed(world: World, since: datetime, *, opening: bool) -> set[str]:
    about = [rule for rule in world.rules.rules.values() if rule.about == "incident"]
    kinds = [rule.kind for rule in about if (rule.gate is not None) is opening]
    return {act_id for kind in kinds for act_id in world.acts.by_kind(kind, since=since)}


def _approved(world: World, act_ids: Iterable[str], tampered: list[Tampered]) -> Iterator[tuple[Act, Step]]:
    """What stands is what the sealed step says: a state that it does not bear out hides no incident."""
    for act in filter(None, map(world.acts.get, sorted(act_ids))):
        try:
            step = opened(world, act)
        except Tampered as evidence:
            tampered.append(evidence)
            continue
        if step.event["data"]["step"] == State.APPROVED:
            yield act, step


def _clocks(step: Step) -> list[dict[str, Any]] | None:
    """None of an act that opens no incident."""
    clocks: list[dict[str, Any]] | None = step.event["data"].get("gate", {}).get("clocks")
    return clocks


def _opened(act: Act, step: Step) -> Opened:
    return Opened(
        act=act.act_id,
        at=act.at,
        detected_at=parse_moment(step.document["detected_at"]),
        clocks=tuple(Deadline(**{**clock, "due": parse_moment(clock["due"])}) for clock in _clocks(step) or ()),
        supersedes=step.document.get("supersedes"),
    )


def _telling(document: Mapping[str, Any]) -> Telling:
    return Telling(
        act=document["id"],
        incident=document["incident"],
        tell=document["told"],
        at=parse_moment(document["at"]),
        rules=frozenset(document.get("rules", ())),
    )


def _refused(pointer: str, detail: str) -> Rejected:
    return Rejected("the act does not fit what is known of the incident", (Fault(pointer=pointer, detail=detail),))
