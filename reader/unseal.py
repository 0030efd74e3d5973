"""`fengcun unseal`: messages that were kept sealed are read here and opened by the pull room, which has the keys."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from reader.errors import Refused
from reader.show import Answer

MOST = 20  # in one call of the room: each message may take seconds
SEALED = "sealed"


class Function(Protocol):
    def call(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """What the function returns. Raises CommandError."""
        ...


class Archive(Protocol):
    def get(self, path: str, query: Mapping[str, str]) -> str:
        """The body of the answer, a JSON object as text. Raises CommandError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsealed:
    """Ids of sealed records, and why the others still are."""

    opened: tuple[str, ...]
    left: Mapping[str, str]


def sealed_on(day: str, *, archive: Archive) -> list[str]:
    """Ids of the day's sealed records. Raises Refused when there are more than one answer names."""
    told = json.loads(archive.get(f"/exceptions/{SEALED}", {"day": day}))
    if not told["complete"]:
        raise Refused(f"{day} has more sealed records than one answer names: name some of them by their ids")
    return [str(one["record_id"]) for one in told["records"]]


def unseal(records: Sequence[str], *, archive: Archive, room: Function) -> Unsealed:
    """Read each, have them opened. Repeating it changes nothing."""
    opened: list[str] = []
    left: dict[str, str] = {}
    for some in _some(records):
        told = room.call({"unseal": [_order(one, archive) for one in some]})
        if "refused" in told:
            raise Refused(f"the pull room refuses: {told['refused']}")
        opened += told["opened"]
        left |= told["left"]
    return Unsealed(opened=tuple(opened), left=left)


def describe_unsealed(outcome: Unsealed) -> str:
    lines = [f"opened       {one}" for one in outcome.opened]
    lines += [f"left sealed  {one}  {reason}" for one, reason in sorted(outcome.left.items())]
    return "\n".join(lines or ["no sealed record"])


def _some(records: Sequence[str]) -> Iterator[Sequence[str]]:
    distinct = list(dict.fromkeys(records))
    yield from (distinct[at : at + MOST] for at in range(0, len(distinct), MOST))


def _order(record: str, archive: Archive) -> Mapping[str, str]:
    answer = Answer(json.loads(archive.get(f"/records/{record}", {})))
    return {"record_id": record, "capture": answer.capture().decode("utf-8", "replace")}
