"""Everything a deployment decides, in one file: every section is there, and nothing is decided in silence."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from functions.law.border import BorderPolicy
from functions.law.consent import ConsentPolicy
from functions.law.scope import ScopePolicy

FOLDER = Path(__file__).parent
DEPLOYED = FOLDER / "policy.toml"
"""The deployment's own, in its zip."""
PROFILES = FOLDER / "profiles"
READY = "general-enterprise"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecrecyPolicy:
    """When something is suspected to be a state secret."""

    threshold: int
    """The score of cues from which it is."""
    uninspected: Literal["vault", "quarantine"]
    """Where goes what nothing could be seen of: an image, an unknown format. It is never called clean."""
    alarm_hours: int
    """How long something may lie in quarantine before the alarm rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """What raises the tier."""

    id: str
    tier: Literal["core", "important", "work_secret"]
    citation: str
    lists: tuple[str, ...]
    """Lexicons, any of which must hit."""
    kinds: tuple[str, ...]
    """Findings, any of which must be there."""
    pattern: str | None
    """A regular expression over the normalised text."""
    at_least: int
    """How many hits together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierPolicy:
    """How the tier is chosen."""

    default: Literal["general", "important"]
    important_persons: int
    """So many distinct persons' information together are important (aggregation)."""
    core_persons: int
    catalogue: tuple[CatalogueEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    regimes: tuple[str, ...]
    """Retention rules that hold for every record."""
    extend: Literal["events", "never"]
    """Whether an event (a relationship ended, a contract ended) extends locks by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletenessPolicy:
    silent_days: int
    """So long a custodian may be silent before the report says so."""
    gateways: tuple[str, ...]
    """Those that are expected to deliver every day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPolicy:
    malware: Literal["quarantine", "keep"]
    """What happens to a file that a malware rule finds."""
    uninspected: Literal["quarantine", "keep"]
    """To one that could not be looked into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One deployment's choices."""

    name: str
    version: str
    """The first 16 hex digits of the file's SHA-256."""
    scope: ScopePolicy
    consent: ConsentPolicy
    secrecy: SecrecyPolicy
    tiers: TierPolicy
    retention: RetentionPolicy
    border: BorderPolicy
    completeness: CompletenessPolicy
    media: MediaPolicy


def parse_policy(text: str, *, name: str) -> Policy:
    """Raises Rejected with file, line, key and reason."""
    raise NotImplementedError


def version_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def profile(name: str) -> str:
    """The text of a ready profile."""
    return (PROFILES / f"{name}.toml").read_text(encoding="utf-8")


@cache
def deployed() -> Policy:
    """The policy in this zip; where there is none, as in tests, the ready profile `general-enterprise`."""
    if DEPLOYED.is_file():
        return parse_policy(DEPLOYED.read_text(encoding="utf-8"), name=DEPLOYED.name)
    return parse_policy(profile(READY), name=f"{READY}.toml")
