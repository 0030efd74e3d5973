"""Lexicon files: TOML with a citation, for a release or a deployment; a plain list of terms, for trying things out.

    version = "1"
    citation = "who says that these words matter, and where"
    jurisdiction = "CN"
    legal_source = "policy"
    read = 2026-11-26

    [[list]]
    id = "house.projects"
    zh-Hans = ["星辰项目"]
    zh-Hant = ["星辰項目"]
    en = ["project star*", "star w/3 bid"]
    never = ["星辰项目展"]

A hit inside one of `never`, which are longer, does not count.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from functions.classify.lexicon_lines import line_at, lines_of
from functions.classify.lexicon_terms import Term, parse_term
from functions.errors import Rejected

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
Terms = tuple[str, ...]


class ListTable(BaseModel):
    """One list of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")]
    simplified: Annotated[Terms, Field(alias="zh-Hans")] = ()
    traditional: Annotated[Terms, Field(alias="zh-Hant")] = ()
    english: Annotated[Terms, Field(alias="en")] = ()
    never: Terms = ()


class LexiconFile(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,32}$")]
    citation: Annotated[str, Field(min_length=10)]
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    legal_source: Literal["prc_law", "prc_admin_reg", "prc_dept_rule", "foreign", "contract", "policy"]
    read: date
    lists: Annotated[tuple[ListTable, ...], Field(min_length=1, alias="list")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """One list, and where it comes from."""

    id: str
    version: str
    citation: str
    terms: tuple[Term, ...]
    never: Terms
    """Folded."""
    place: str
    """`file:line`, for whoever must mend it."""


def read_lexicons(path: Path) -> tuple[Lexicon, ...]:
    """A `.toml` file, or any other as a plain list named by its stem. Raises Rejected with file, line and reason."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Rejected(f"{path.name}:1: cannot be read: {error.strerror}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Rejected(f"{path.name}:{line}: not UTF-8; save it as UTF-8") from error
    if path.suffix == ".toml":
        return parse_lexicons(text, name=path.name)
    return (parse_plain(text, name=path.name, list_id=path.stem),)


def parse_plain(text: str, *, name: str, list_id: str) -> Lexicon:
    """A term on each line; empty lines and those that begin with `#` say nothing. Nobody is cited: for tuning only."""
    lines = ((number, line.strip()) for number, line in enumerate(text.split("\n"), start=1))
    numbered = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if not numbered:
        raise Rejected(f"{name}:1: no term; write one on each line")
    places = [f"{name}:{number}" for number, _ in numbered]
    terms = _terms([line for _, line in numbered], places=places)
    return Lexicon(id=list_id, version="0", citation="", terms=terms, never=(), place=f"{name}:1")


def parse_lexicons(text: str, *, name: str) -> tuple[Lexicon, ...]:
    """Raises Rejected with file, line, key and reason."""
    try:
        document = LexiconFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Rejected(f"{name}:{_slip(str(error), text)}") from error
    except ValidationError as error:
        raise Rejected("\n".join(_faults(error, text=text, name=name))) from error
    return tuple(
        _lexicon(number, table, head=document, name=name, text=text) for number, table in enumerate(document.lists)
    )


def _lexicon(number: int, table: ListTable, *, head: LexiconFile, name: str, text: str) -> Lexicon:
    def places(key: str, terms: Terms) -> list[str]:
        lines = lines_of(text, ("list", number, key), len(terms)) if terms else []
        return [f"{name}:{line}: {key}" for line in lines]

    spoken = dict(zip(LANGUAGES, (table.simplified, table.traditional, table.english), strict=True))
    where = [place for key, listed in spoken.items() for place in places(key, listed)]
    place = f"{name}:{line_at(text, ('list', number))}"
    terms = _terms([term for listed in spoken.values() for term in listed], places=where)
    if not terms:
        raise Rejected(f"{place}: {table.id}: no term; give some in {', '.join(LANGUAGES)}")
    never = _never(table.never, terms, places=places("never", table.never))
    return Lexicon(id=table.id, version=head.version, citation=head.citation, terms=terms, never=never, place=place)


def _terms(lines: list[str], *, places: list[str]) -> tuple[Term, ...]:
    """Raises Rejected at the first bad line or at the second of two that find the same."""
    seen: dict[tuple[object, ...], str] = {}
    terms: list[Term] = []
    for line, place in zip(lines, places, strict=True):
        term = _term(line, place)
        key = term.key
        if key in seen:
            raise Rejected(f"{place}: finds the same as the term at {seen[key]}; remove one")
        seen[key] = place
        terms.append(term)
    return tuple(terms)


def _term(line: str, place: str) -> Term:
    try:
        return parse_term(line)
    except ValueError as error:
        raise Rejected(f"{place}: {error}") from error


def _never(lines: Terms, terms: tuple[Term, ...], *, places: list[str]) -> Terms:
    literals = {part.literal for term in terms for part in term.parts}
    for term, place in zip(_terms(list(lines), places=places), places, strict=True):
        if len(term.parts) > 1 or term.parts[0].prefix:
            raise Rejected(f"{place}: a negative term is a plain one, without star or w/")
        if not any(one in term.parts[0].literal and one != term.parts[0].literal for one in literals):
            raise Rejected(f"{place}: holds no term of its list, so it excludes nothing; remove it")
    return tuple(_term(line, "").parts[0].literal for line in lines)


def _faults(error: ValidationError, *, text: str, name: str) -> Iterator[str]:
    for fault in error.errors(include_input=False, include_url=False):
        location = fault["loc"]
        yield f"{name}:{line_at(text, location)}: {'.'.join(map(str, location))}: {fault['msg']}"


def _slip(message: str, text: str) -> str:
    """The line first, then what tomllib says."""
    said, _, where = message.rpartition(" (at ")
    line = re.match(r"line (\d+)", where)
    return f"{line[1] if line else text.count(chr(10)) + 1}: {said}"
