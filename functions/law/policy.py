"""Everything a deployment decides, in one file: every section is there, and nothing is decided in silence."""

import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from functions.errors import Rejected
from functions.law import contradictions
from functions.law.border import BorderPolicy
from functions.law.consent import ConsentPolicy
from functions.law.lines import Misplaced, complaints, located
from functions.law.scope import ScopePolicy
from functions.law.sections import CompletenessPolicy, RetentionPolicy, SecrecyPolicy, TierPolicy

FOLDER = Path(__file__).parent
DEPLOYED = FOLDER / "policy.toml"
"""The deployment's own, in its zip."""
PROFILES = FOLDER / "profiles"
READY = "general-enterprise"


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


class _File(BaseModel):
    """The file. Its strictness holds for every section in it, and no key has a default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
    scope: ScopePolicy
    consent: ConsentPolicy
    secrecy: SecrecyPolicy
    tiers: TierPolicy
    retention: RetentionPolicy
    border: BorderPolicy
    completeness: CompletenessPolicy

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "_File":
        found = chain(
            contradictions.of_retention(self.retention),
            contradictions.of_scope(self.scope),
            contradictions.of_consent(self.consent, self.retention),
            contradictions.of_tiers(self.tiers),
            contradictions.of_completeness(self.completeness),
        )
        for place, reason in found:
            raise Misplaced(reason, place)
        return self


def parse_policy(text: str, *, name: str) -> Policy:
    """Raises Rejected with file, line, key and reason."""
    try:
        file = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Rejected(located(error, name=name)) from error
    except ValidationError as error:
        raise Rejected(complaints(error, text=text, name=name)) from error
    sections = {section: getattr(file, section) for section in _File.model_fields}
    return Policy(**sections, version=sha256(text.encode()).hexdigest()[:16])


def profile(name: str) -> str:
    """The text of a ready profile. Raises Rejected with those there are."""
    ready = {path.stem: path for path in sorted(PROFILES.glob("*.toml"))}
    if name not in ready:
        raise Rejected(f"no ready profile {name!r}; there are {', '.join(ready)}")
    return ready[name].read_text(encoding="utf-8")


@cache
def deployed(path: Path = DEPLOYED) -> Policy:
    """The policy in this zip; where there is none, as in tests, the ready profile `general-enterprise`."""
    if path.is_file():
        return parse_policy(path.read_text(encoding="utf-8"), name=path.name)
    return parse_policy(profile(READY), name=f"{READY}.toml")
