"""The sections of a policy that no module of the law has to itself."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

Count = Annotated[int, Field(strict=True, ge=1)]
Day = Annotated[int, Field(strict=True, ge=1, le=365)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]


def _is_a_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class SecrecyPolicy:
    """When something is suspected to be a state secret."""

    threshold: Annotated[int, Field(strict=True, ge=1, le=100)]
    """The score from which it is. A mark alone scores 100 (rules/secrecy.toml), so that no policy can overlook one."""
    uninspected: Literal["vault", "quarantine"]
    """Where goes what nothing could be seen of: an image, an unknown format. It is never called clean."""
    alarm_hours: Annotated[int, Field(strict=True, ge=1, le=72)]
    """How long something may lie in quarantine before the alarm rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """What raises the tier."""

    id: Id
    tier: Literal["core", "important", "work_secret"]
    citation: Annotated[str, Field(min_length=10)]
    lists: tuple[Id, ...] = ()
    """Lexicons, any of which must hit."""
    kinds: tuple[Id, ...] = ()
    """Findings, any of which must be there."""
    pattern: Annotated[str, Field(min_length=1), AfterValidator(_is_a_pattern)] | None = None
    """A regular expression over the normalised text."""
    at_least: Count
    """How many hits together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierPolicy:
    """How the tier is chosen."""

    default: Literal["general", "important"]
    important_persons: Annotated[int, Field(strict=True, ge=1, le=10_000_000)]
    """So many distinct persons' information together are important. NDR art. 28: at the latest from ten million."""
    core_persons: Count
    catalogue: tuple[CatalogueEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """How long."""

    regimes: Annotated[tuple[str, ...], Field(min_length=1)]
    """Retention rules that hold for every record, by their id in `functions/law/rules/retention.toml`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletenessPolicy:
    """What the daily report expects."""

    silent_days: Day
    """So long a custodian may be silent before the report says so."""
    gateways: tuple[Id, ...]
    """Those that deliver every day."""
