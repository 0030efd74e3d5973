"""What may leave the country, to whom, and by which route. Blocked until the law's conditions are recorded. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from functions.law.rulebook import Cited

HOME = "CN"
"""Hong Kong, Macau and Taiwan are abroad for this gate, which fails closed."""

RecipientKind = Literal["company", "person", "court", "regulator", "law_enforcement"]
Route = Literal["none", "exempt", "contract_or_certification", "security_assessment"]
ROUTES: tuple[Route, ...] = ("none", "exempt", "contract_or_certification", "security_assessment")
"""From the lightest to the heaviest."""
EVIDENCE = ("approval_id", "legal_route", "scope_sha256")
Evidence = Literal["approval_id", "legal_route", "scope_sha256"]


class BorderRule(Cited):
    """A condition on what leaves the country: for whom it holds, for what, and what it asks for."""

    recipients: tuple[RecipientKind, ...] = ()
    """Of these kinds abroad; of any, where none is named."""
    sectors: tuple[str, ...] = ()
    """Of firms in these sectors; of any, where none is named."""
    tiers: tuple[str, ...] = ()
    """Where anything of these tiers is in it; of any, where none is named."""
    ciio: bool = False
    """Only for operators of critical information infrastructure."""
    persons: Annotated[int, Field(ge=1)] | None = None
    """From so many distinct persons in a year."""
    sensitive_persons: Annotated[int, Field(ge=1)] | None = None
    blocks: bool = False
    """Whatever is recorded."""
    evidence: tuple[Evidence, ...] = ()
    """What must be recorded."""
    route: Route = "none"
    """What must have been gone through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What somebody wants to hand over."""

    recipient: RecipientKind
    country: str
    """ISO 3166-1 alpha-2, of the recipient."""
    records: int
    persons: int
    """Distinct natural persons in it."""
    sensitive_persons: int
    """Of them, those about whom there is sensitive information in it."""
    tiers: frozenset[str]
    """All that occur in it: core, important, general, work_secret, natsec."""
    approval_id: str | None = None
    """Of the competent authority's approval."""
    legal_route: str | None = None
    """The route that was gone through."""
    scope_sha256: str | None = None
    """Of the list of records that was approved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """Distinct persons whose information left the country since 1 January, this request's among them."""

    year: int
    persons: int
    sensitive_persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderPolicy:
    """What kind of firm it is."""

    sectors: frozenset[str]
    ciio: bool
    exemptions: frozenset[str]
    """Legal routes that the firm may claim as exempt (CAC provisions of 2024, art. 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that holds for the request."""

    rule: str
    version: str
    citation: str
    blocks: bool
    missing: tuple[str, ...]
    """What it asks for and is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The decision."""

    allowed: bool
    reasons: tuple[Reason, ...]
    route: Route
    """What must have been gone through."""


SATISFIES: Mapping[Route, frozenset[str]] = {
    "contract_or_certification": frozenset({"standard_contract", "certification", "security_assessment"}),
    "security_assessment": frozenset({"security_assessment"}),
}
"""The recorded routes that will do."""


def gate(request: ExportRequest, counters: Counters, policy: BorderPolicy) -> Gate:
    """Allowed when no rule that holds blocks. To somebody in the country none holds, whatever is in it."""
    raise NotImplementedError
