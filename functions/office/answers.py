"""What the office answers, as types: mypy holds the code to them, `docs/openapi.json` is made from them."""

from typing import Any, NotRequired

from typing_extensions import TypedDict


class ActLine(TypedDict):
    """One act, and nothing about anybody."""

    act: str
    kind: str
    state: str
    at: str
    """When it came into this state."""
    open_until: str
    """Until when it may be approved, or what was granted holds."""


class ActList(TypedDict):
    """The newest first."""

    state: str
    acts: list[ActLine]
    complete: bool
    """False when there are more than were looked at."""


class ActStanding(ActLine):
    """What became of a request."""

    record_id: str
    """By which its latest step can be read, once it is archived."""


class Said(TypedDict):
    """Who took a step; or, with `by`, that nobody did."""

    at: NotRequired[str]
    by: NotRequired[str]
    person: NotRequired[str]
    role: NotRequired[str]
    reason: NotRequired[str]


class ActShown(ActStanding):
    """All of it, for those who decide about its kind."""

    document: dict[str, Any]
    proposed: Said
    decided: Said | None
    rule: dict[str, Any]
    gate: dict[str, Any] | None
    """What the border gate said, or which clocks of an incident run; null where nothing was asked."""
