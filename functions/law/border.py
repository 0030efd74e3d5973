"""What may leave the country, to whom, and by which route. Blocked until the law's conditions are recorded. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.law.rulebook import Cited, shipped
from functions.law.scope import BEIJING

HOME = "CN"
"""Hong Kong, Macau and Taiwan are abroad for this gate, which fails closed."""

RecipientKind = Literal["company", "person", "court", "regulator", "law_enforcement"]
Sector = Literal["securities", "futures", "banking"]
Evidence = Literal["approval_id", "legal_route", "scope_sha256"]
Exemption = Literal["exempt_contract", "exempt_hr", "exempt_emergency"]
Route = Literal["none", "exempt", "contract_or_certification", "security_assessment", "authority_approval"]
ROUTES: tuple[Route, ...] = (
    "none",
    "exempt",
    "contract_or_certification",
    "security_assessment",
    "authority_approval",
)
"""From the lightest to the heaviest."""
SATISFIES: Mapping[Route, frozenset[str]] = {
    "contract_or_certification": frozenset({"standard_contract", "certification", "security_assessment"}),
    "security_assessment": frozenset({"security_assessment"}),
    "authority_approval": frozenset({"judicial_assistance", "regulatory_cooperation", "competent_authority"}),
}
"""The legal routes that will do; for the others any will."""


class BorderRule(Cited):
    """A condition on what leaves the country: for whom and for what it holds, and what it asks for."""

    recipients: tuple[RecipientKind, ...] = ()
    """Of these kinds; of any, where none is named."""
    sectors: tuple[Sector, ...] = ()
    """From firms in these; in any, where none is named."""
    tiers: tuple[str, ...] = ()
    """Where one of these is in it; always, where none is named."""
    ciio: bool = False
    """Only for operators of critical information infrastructure."""
    persons: Annotated[int, Field(ge=0)] = 0
    """From so many distinct persons in the year."""
    sensitive_persons: Annotated[int, Field(ge=0)] = 0
    unconsented: Annotated[int, Field(ge=0)] = 0
    """From so many in it whose separate consent is needed and not there."""
    blocks: bool = False
    """Whatever is recorded."""
    evidence: tuple[Evidence, ...] = ()
    """What must be recorded."""
    route: Route = "none"
    """What must have been gone through."""
    exemptible: bool = False
    """An exemption that the firm may claim will do too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What somebody wants to hand over."""

    recipient: RecipientKind
    country: str
    """Of the recipient, ISO 3166-1 alpha-2."""
    records: int
    persons: int
    """Distinct natural persons in it."""
    sensitive_persons: int
    """Of them, those about whom it holds sensitive information."""
    tiers: frozenset[str]
    """All that occur in it: core, important, general, work_secret, and natsec: what concerns national security."""
    unconsented: int = 0
    """Of the persons, those whose information is processed by consent, and who have not agreed to this recipient."""
    approval_id: str | None = None
    """Of the competent authority's approval, the assessment's result, or the contract's filing."""
    legal_route: str | None = None
    scope_sha256: str | None = None
    """Of the list of records that was approved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """Distinct persons whose information left the country since 1 January, this request's among them."""

    year: int
    persons: int
    sensitive_persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Something that left the country, or is about to."""

    at: datetime
    persons: frozenset[bytes]
    """Keyed tokens of the natural persons in it."""
    sensitive: frozenset[bytes]
    """Of them, those about whom it holds sensitive information."""


def count(handovers: Iterable[Handover], *, year: int) -> Counters:
    """Each person once, however many handovers split what is about them: splitting is no way around (CAC, art. 8).

    The year is the calendar's, by the clock of Beijing. Keeps no handover: an iterator is read as it is counted.
    """
    persons: set[bytes] = set()
    sensitive: set[bytes] = set()
    for one in handovers:
        if one.at.astimezone(BEIJING).year == year:
            persons.update(one.persons, one.sensitive)
            sensitive.update(one.sensitive)
    return Counters(year=year, persons=len(persons), sensitive_persons=len(sensitive))


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderPolicy:
    """What kind of firm it is."""

    sectors: frozenset[Sector]
    ciio: Annotated[bool, Field(strict=True)]
    """Whether it operates critical information infrastructure."""
    exemptions: frozenset[Exemption]
    """What it may claim of the CAC provisions of 2024, art. 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that holds for the request."""

    rule: str
    version: str
    citation: str
    blocks: bool
    missing: tuple[str, ...]
    """What it asks for and is not recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The decision."""

    allowed: bool
    reasons: tuple[Reason, ...]
    route: Route
    """What must have been gone through."""


def gate(request: ExportRequest, counters: Counters, policy: BorderPolicy) -> Gate:
    """Allowed when no rule that holds blocks. To somebody in the country none holds, whatever is in it."""
    book = shipped("border", BorderRule)
    holding = [rule for rule in book.rules.values() if _holds(rule, request, counters, policy)]
    reasons = []
    for rule in holding:
        missing = tuple(_missing(rule, request, policy))
        reasons.append(
            Reason(
                rule=rule.id,
                version=book.version,
                citation=rule.citation,
                blocks=rule.blocks or bool(missing),
                missing=missing,
            )
        )
    return Gate(
        allowed=not any(reason.blocks for reason in reasons),
        reasons=tuple(reasons),
        route=max((rule.route for rule in holding), key=ROUTES.index, default="none"),
    )


def _holds(rule: BorderRule, request: ExportRequest, counters: Counters, policy: BorderPolicy) -> bool:
    persons = max(request.persons, counters.persons) if request.persons else 0
    sensitive = max(request.sensitive_persons, counters.sensitive_persons) if request.sensitive_persons else 0
    return (
        request.country != HOME
        and (not rule.recipients or request.recipient in rule.recipients)
        and (not rule.sectors or not policy.sectors.isdisjoint(rule.sectors))
        and (not rule.tiers or not request.tiers.isdisjoint(rule.tiers))
        and (policy.ciio or not rule.ciio)
        and persons >= rule.persons
        and sensitive >= rule.sensitive_persons
        and request.unconsented >= rule.unconsented
    )


def _missing(rule: BorderRule, request: ExportRequest, policy: BorderPolicy) -> Iterator[str]:
    yield from (name for name in rule.evidence if not getattr(request, name))
    exempt = rule.exemptible and request.legal_route in policy.exemptions
    if rule.route in SATISFIES and not exempt and request.legal_route not in SATISFIES[rule.route]:
        yield rule.route
