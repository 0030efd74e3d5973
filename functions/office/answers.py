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


class DutyLine(TypedDict):
    """One duty to tell somebody."""

    rule: str
    version: str
    citation: str
    tell: str
    due: str
    standing: str
    """`open`, `due_soon`, `overdue`; `met`, or `late`."""
    told_at: str | None
    told_by: str | None
    """The act that says so."""


class IncidentLine(TypedDict):
    """One incident, as the last act about it knows it."""

    act: str
    at: str
    detected_at: str
    supersedes: str | None
    duties: list[DutyLine]
    """The nearest first."""


class IncidentList(TypedDict):
    """The newest first."""

    incidents: list[IncidentLine]
    days: int
    """How far back acts about incidents are looked at."""
    complete: bool
    """False when an act about an incident does not verify; then the alarm `ActsTampered` rings."""


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
    """What the border gate said, by which numbers; or the clocks of an incident; null where nothing was asked."""


class ScopeCounted(TypedDict):
    """What is in a scope that was counted."""

    records: int
    persons: int
    sensitive_persons: int
    consent_persons: int
    """Of the persons, those whose information is processed by consent, or was kept without a ground."""
    tiers: list[str]
    left_out: dict[str, int]
    """Records that are not in it, by reason."""
    broken: int
    """Segments that did not verify: what they hold is not in it."""
    scope_sha256: str


class ScopeShown(TypedDict):
    """How far a scope has come."""

    act: str
    state: str
    """`measuring`, `ready` or `too_large`."""
    measured_at: str | None
    most_records: int
    """More than so many are too many for one scope."""
    counted: ScopeCounted | None


class ApprovalLine(TypedDict):
    """That a scope may leave."""

    act: str
    scope: str
    at: str


class YearShown(TypedDict):
    """What counts as gone in a calendar year of Beijing."""

    year: int
    persons: int
    """Distinct."""
    sensitive_persons: int
    route: str
    """That so many ask for, where they go to a company or a person."""
    approvals: list[ApprovalLine]
