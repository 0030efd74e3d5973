"""The rule files: every rule has an id, a citation and the day it was read; a decision names the id and the version."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from functions.errors import Rejected
from functions.law.lines import complaints, line_of, located, spell

FOLDER = Path(__file__).parent / "rules"

RuleId = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")]


class Cited(BaseModel):
    """What every rule says of itself, whatever it is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: RuleId
    citation: Annotated[str, Field(min_length=10)]
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    legal_source: Literal["prc_law", "prc_admin_reg", "prc_dept_rule", "foreign", "contract", "policy"]
    read: date


R = TypeVar("R", bound=Cited)


@dataclass(frozen=True, slots=True)
class Book(Generic[R]):
    """A version of one file."""

    version: str
    rules: Mapping[str, R]


def parse_book(text: str, *, name: str, model: type[R]) -> Book[R]:
    """Raises Rejected with file, line, key and reason."""

    class File(BaseModel):
        model_config = ConfigDict(extra="forbid", frozen=True)

        version: Annotated[str, Field(min_length=1)]
        rule: Annotated[tuple[model, ...], Field(min_length=1)]  # type: ignore[valid-type]  # pydantic reads it at run time

    try:
        document: Any = File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Rejected(located(error, name=name)) from error
    except ValidationError as error:
        raise Rejected(complaints(error, text=text, name=name)) from error
    rules: dict[str, R] = {}
    for place, rule in enumerate(document.rule):
        if rule.id in rules:
            at = ("rule", place, "id")
            raise Rejected(f"{name}:{line_of(text, at)}: {spell(at)}: two rules have the id {rule.id}")
        rules[rule.id] = rule
    return Book(document.version, rules)


@cache
def shipped(subject: str, model: type[R]) -> Book[R]:
    """What this release ships about `subject`."""
    path = FOLDER / f"{subject}.toml"
    return parse_book(path.read_text(encoding="utf-8"), name=path.name, model=model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a rule stands, as any of the files has it."""

    file: str
    version: str
    rule: str
    citation: str
    jurisdiction: str
    legal_source: str
    read: str


@cache
def citations() -> Mapping[str, Citation]:
    """Every rule of every file of this release, by its id. The files differ in what else their rules say."""
    return {one.rule: one for path in sorted(FOLDER.glob("*.toml")) for one in _cited(path)}


def _cited(path: Path) -> Iterable[Citation]:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    for rule in document.get("rule", ()):
        yield Citation(
            file=path.name,
            version=str(document["version"]),
            rule=str(rule["id"]) if "id" in rule else f"act.{rule['kind']}",
            citation=str(rule["citation"]),
            jurisdiction=str(rule["jurisdiction"]),
            legal_source=str(rule["legal_source"]),
            read=str(rule["read"]),
        )
