"""By when an incident must be reported, and to whom. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from functions.law.rulebook import Cited, shipped

Told = Literal["authority", "person"]
Fact = Literal["national_security", "state_secret", "personal_information"]


class IncidentRule(Cited):
    """One clock. It runs when any of its triggers is there."""

    tell: Told
    hours: Annotated[int, Field(ge=0, le=720)]
    """From detection. 0: at once."""
    facts: tuple[Fact, ...] = ()
    persons: Annotated[int, Field(ge=1)] | None = None
    """From so many persons' information."""
    loss_yuan: Annotated[int, Field(ge=1)] | None = None
    ciio: bool = False
    """Only where critical information infrastructure is concerned."""
    unless_averted: bool = False
    """Not where measures have effectively averted the harm."""

    @model_validator(mode="after")
    def _has_a_trigger(self) -> "IncidentRule":
        if not self.facts and self.persons is None and self.loss_yuan is None:
            raise ValueError("give facts, persons or loss_yuan: a clock needs something that starts it")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What is known of it so far."""

    detected_at: datetime
    facts: frozenset[Fact]
    persons: int = 0
    loss_yuan: int = 0
    ciio: bool = False
    averted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One duty to report."""

    rule: str
    version: str
    citation: str
    tell: Told
    due: datetime


def deadlines(incident: Incident) -> tuple[Deadline, ...]:
    """Every clock that runs, the nearest first."""
    book = shipped("incident", IncidentRule)
    running = [
        Deadline(
            rule=rule.id,
            version=book.version,
            citation=rule.citation,
            tell=rule.tell,
            due=incident.detected_at + timedelta(hours=rule.hours),
        )
        for rule in book.rules.values()
        if _runs(rule, incident)
    ]
    return tuple(sorted(running, key=lambda one: (one.due, one.rule)))


def _runs(rule: IncidentRule, incident: Incident) -> bool:
    if (rule.ciio and not incident.ciio) or (rule.unless_averted and incident.averted):
        return False
    return (
        not incident.facts.isdisjoint(rule.facts)
        or (rule.persons is not None and incident.persons >= rule.persons)
        or (rule.loss_yuan is not None and incident.loss_yuan >= rule.loss_yuan)
    )
