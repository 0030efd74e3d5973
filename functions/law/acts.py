"""Who may do what with the archive, with how many people: rules/acts.toml, checked. Code asks fields, never names."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from functions.errors import Rejected

RULES = Path(__file__).parent / "rules" / "acts.toml"
Role = Literal["officer", "security_officer", "erasure_officer", "reviewer", "regulator", "auditor"]
ALONE, TWO = 1, 2


class ActRule(BaseModel):
    """One kind of act."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[str, Field(pattern=r"^[a-z]+(\.[a-z]+)?$")]
    people: Annotated[int, Field(ge=ALONE, le=TWO)]
    propose: Annotated[tuple[Role, ...], Field(min_length=1)]
    approve: tuple[Role, ...] = ()
    open_hours: Annotated[int, Field(ge=0, le=24 * 31)] = 0
    effect: Literal["ledger", "state", "order", "grant"]
    queue: Literal["disposition", "erasure", "custody"] | None = None
    """Of an order: who carries it out."""
    sets: Literal["active", "restricted"] | None = None
    """Of a state: the one the record gets."""
    citation: Annotated[str, Field(min_length=10)]
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    legal_source: Literal["prc_law", "prc_admin_reg", "prc_dept_rule", "foreign", "contract", "policy"]
    reason: Annotated[str, Field(min_length=10)]
    read: date

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
        if (self.effect == "order") != (self.queue is not None):
            raise ValueError("an order, and nothing else, names the queue it goes to")
        if (self.effect == "state") != (self.sets is not None):
            raise ValueError("a change of state, and nothing else, says which state it sets")
        return self

    @property
    def rule_id(self) -> str:
        return f"act.{self.kind}"

    @property
    def open_for(self) -> timedelta:
        return timedelta(hours=self.open_hours)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, Field(min_length=1)]
    rule: Annotated[tuple[ActRule, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class ActRules:
    """A version of the rules, by kind."""

    version: str
    rules: Mapping[str, ActRule]


def parse_acts(text: str, *, name: str) -> ActRules:
    """Raises Rejected with file, key and reason."""
    try:
        document = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Rejected(f"{name}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise Rejected(f"{name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    kinds = [rule.kind for rule in document.rule]
    repeated = sorted({one for one in kinds if kinds.count(one) > 1})
    if repeated:
        raise Rejected(f"{name}: two rules are about {repeated[0]}; leave one")
    return ActRules(version=document.version, rules={rule.kind: rule for rule in document.rule})


@cache
def act_rules() -> ActRules:
    """The rules this release ships."""
    return parse_acts(RULES.read_text(encoding="utf-8"), name=RULES.name)
