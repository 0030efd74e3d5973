"""Who may do what with the archive, with how many people: rules/acts.toml. Code asks fields, never names of kinds."""

from datetime import timedelta
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from functions.law.rulebook import Book, Cited, shipped

Role = Literal["officer", "security_officer", "erasure_officer", "reviewer", "regulator", "auditor"]
ALONE, TWO = 1, 2
PREFIX = "act."


class ActRule(Cited):
    """One kind of act: its id without the prefix."""

    people: Annotated[int, Field(ge=ALONE, le=TWO)]
    propose: Annotated[tuple[Role, ...], Field(min_length=1)]
    approve: tuple[Role, ...] = ()
    see: tuple[Role, ...] = ("auditor",)
    """Who is shown such an act, besides those who propose or approve it."""
    open_hours: Annotated[int, Field(ge=0, le=24 * 31)] = 0
    effect: Literal["ledger", "state", "order", "grant", "record"]
    queue: Literal["disposition", "erasure", "custody", "border"] | None = None
    """Of an order: who carries it out."""
    sets: Literal["active", "restricted"] | None = None
    """Of a state: the one the record gets."""
    gate: Literal["border", "incident"] | None = None
    """Which rules are asked first. Their answer stands in the act; where they forbid it, nobody may approve."""
    about: Literal["incident"] | None = None
    """What the clock looks at such acts for: an incident, and whoever was told of one."""
    reason: Annotated[str, Field(min_length=10)]

    @model_validator(mode="after")
    def _two_people_have_rules(self) -> Self:
        waits = bool(self.approve) and self.open_hours > 0
        if self.people == TWO and not waits:
            raise ValueError("two people: say who approves, and for how many hours a proposal is open")
        if self.people == ALONE and (self.approve or self.open_hours):
            raise ValueError("one person: nobody approves, and nothing is open")
        return self

    @model_validator(mode="after")
    def _an_effect_has_its_object(self) -> Self:
        if not self.id.startswith(PREFIX):
            raise ValueError(f"the id of a rule about acts begins with {PREFIX}")
        if (self.effect == "order") != (self.queue is not None):
            raise ValueError("an order, and nothing else, names the queue it goes to")
        if (self.effect == "state") != (self.sets is not None):
            raise ValueError("a change of state, and nothing else, says which state it sets")
        return self

    @property
    def kind(self) -> str:
        return self.id.removeprefix(PREFIX)

    @property
    def open_for(self) -> timedelta:
        return timedelta(hours=self.open_hours)

    @property
    def shown_to(self) -> frozenset[Role]:
        return frozenset({*self.propose, *self.approve, *self.see})


ActRules = Book[ActRule]


@cache
def act_rules() -> ActRules:
    """The rules this release ships."""
    return shipped("acts", ActRule)


def kinds(rules: ActRules) -> list[str]:
    return sorted(rule.kind for rule in rules.rules.values())
