"""The border gate, asked with what the archive counted itself: a scope, and all that was approved in the same year.

What is approved counts as gone, whether it left or not. It is entered into its year before the act is approved, into
the very turn that was added up: of two approvals side by side the second one is added up again, with the first in it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Protocol

from functions.archive.ledger import Person as Asked
from functions.canonical import moment_text
from functions.errors import AlreadyStored, Fault, Rejected, Tampered, TryLater
from functions.law.border import HOME, BorderPolicy, Counters, ExportRequest, Handover, Route, count, gate
from functions.law.consent import Ledger, Person
from functions.law.export import Approval, Measured, Trait, Year, handover, having
from functions.law.providing import lacking
from functions.law.scope import BEIJING

SCOPE_DAYS = 14
"""So old may a scope be: records are restricted and erased meanwhile, and people change their minds."""
ATTEMPTS = 5
"""Of entering an approval into a year that others write to at the same moment."""
NATIONAL_SECURITY = "natsec"
ABROAD = "ZZ"  # nobody's: ISO 3166-1 leaves it to users


class Scopes(Protocol):
    """The table Scopes."""

    def measured(self, scope: str) -> Measured | None:
        """None while it is counted. Raises TryLater."""
        ...

    def people(self, scope: str) -> Mapping[bytes, Trait]:
        """Of one that is ready. Raises TryLater."""
        ...


class Exports(Protocol):
    """The table Exports."""

    def year(self, year: int) -> Year:
        """As it stands now. Raises TryLater."""
        ...

    def enter(self, year: Year, approval: Approval) -> None:
        """Atomic: after this turn. Raises AlreadyStored when somebody was faster, and TryLater."""
        ...


class Consents(Protocol):
    def people(self, tokens: Collection[bytes]) -> Mapping[bytes, Asked]:
        """What each has said, of those who have said anything. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """What the gate needs of the world."""

    scopes: Scopes
    exports: Exports
    consents: Consents
    policy: BorderPolicy

    def ask(self, document: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """What the gate says of this approval now.

        Raises Rejected with the field that is wrong, TryLater, and Tampered when somebody who was counted is lost.
        """
        return self._answer(document, self.exports.year(_year(now)), now)

    def approve(self, document: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """The same; and what is allowed to go abroad counts as gone when it returns. Raises as `ask`."""
        mine = Approval(act=document["id"], scope=document["scope"], at=now)
        for _ in range(ATTEMPTS):
            year = self.exports.year(_year(now))
            answer = self._answer(document, year, now)
            if not answer["allowed"] or document["country"] == HOME or year.has(mine.act):
                return answer
            try:
                self.exports.enter(year, mine)
            except AlreadyStored:
                continue
            return answer
        raise TryLater("others approve exports at this moment")

    def so_far(self, year: int) -> tuple[Year, Counters, Route]:
        """A year's approvals, the distinct persons in them, and the route that so many ask for.

        Raises TryLater and Tampered.
        """
        known = self.exports.year(year)
        counters = count(self._gone(known), year=year)
        asked = ExportRequest(
            recipient="company",
            country=ABROAD,
            records=0,
            persons=counters.persons,
            sensitive_persons=counters.sensitive_persons,
            tiers=frozenset(),
        )
        return known, counters, gate(asked, counters, self.policy).route

    def _answer(self, document: Mapping[str, Any], year: Year, now: datetime) -> dict[str, Any]:
        measured = self._measured(document, now)
        people = self._people(measured)
        others = replace(year, approvals=tuple(one for one in year.approvals if one.act != document["id"]))
        ledgers = self._ledgers(people)
        mine = handover(people, at=now)
        mine = replace(mine, sensitive=mine.sensitive | _children(ledgers, now))
        counters = count(chain((mine,), self._gone(others)), year=year.year)
        persons = (Person(token=token) for token in ledgers)
        unconsented = lacking(document["recipient_id"], persons, ledgers=ledgers, now=now)
        request = _request(document, measured, sensitive_persons=len(mine.sensitive), unconsented=len(unconsented))
        found = gate(request, counters, self.policy)
        return {
            "allowed": found.allowed,
            "route": found.route,
            "reasons": [{**asdict(one), "missing": list(one.missing)} for one in found.reasons],
            "counted": _counted(request, counters),
        }

    def _measured(self, document: Mapping[str, Any], now: datetime) -> Measured:
        """The scope that the document names. Raises Rejected when it cannot be approved."""
        measured = self.scopes.measured(document["scope"])
        if measured is None:
            raise _wrong("/scope", "no scope of this id is counted yet: order one with border.scope, or wait for it")
        if measured.state != "ready":
            raise _wrong("/scope", "the scope is too large to be counted: order smaller ones, by time or by person")
        if now - measured.at > timedelta(days=SCOPE_DAYS):
            detail = f"it was counted at {moment_text(measured.at)}, more than {SCOPE_DAYS} days ago: order it again"
            raise _wrong("/scope", detail)
        if document.get("scope_sha256", measured.scope_sha256) != measured.scope_sha256:
            detail = "the scope's list of records has another SHA-256: look at GET /border/scopes/{act}"
            raise _wrong("/scope_sha256", detail)
        return measured

    def _gone(self, year: Year) -> Iterator[Handover]:
        """Each scope once, to however many it goes. Raises TryLater and Tampered."""
        first = {one.scope: one.at for one in reversed(year.approvals)}
        for scope in sorted(first):
            measured = self.scopes.measured(scope)
            if measured is None:
                raise Tampered(f"scope {scope}: it was approved in {year.year}, and its numbers are lost")
            yield handover(self._people(measured), at=first[scope])

    def _people(self, measured: Measured) -> Mapping[bytes, Trait]:
        """All of them. Raises TryLater; and Tampered where some are lost, who would count as nobody."""
        people = self.scopes.people(measured.act)
        if len(people) != measured.persons:
            detail = f"{measured.persons} persons were counted, and the table has {len(people)}"
            raise Tampered(f"scope {measured.act}: {detail}")
        return people

    def _ledgers(self, people: Mapping[bytes, Trait]) -> dict[bytes, Ledger]:
        """Of each whose ground in any of the records was consent, or who had none."""
        asked = sorted(having(people, Trait.BY_CONSENT))
        known = self.consents.people(asked) if asked else {}
        return {token: known[token].ledger if token in known else Ledger() for token in asked}


def _children(ledgers: Mapping[bytes, Ledger], now: datetime) -> frozenset[bytes]:
    """Who is under 14 today in Beijing: all about them is sensitive (PIPL 28), whatever was known when it was kept."""
    day = now.astimezone(BEIJING).date()
    return frozenset(token for token, ledger in ledgers.items() if ledger.is_child(day))


def _request(
    document: Mapping[str, Any], measured: Measured, *, sensitive_persons: int, unconsented: int
) -> ExportRequest:
    concerns = {NATIONAL_SECURITY} if document["national_security"] else set()
    return ExportRequest(
        recipient=document["recipient"],
        country=document["country"],
        records=measured.records,
        persons=measured.persons,
        sensitive_persons=sensitive_persons,
        tiers=measured.tiers | concerns,
        unconsented=unconsented,
        approval_id=document.get("approval_id"),
        legal_route=document.get("legal_route"),
        scope_sha256=measured.scope_sha256,
    )


def _counted(request: ExportRequest, counters: Counters) -> dict[str, Any]:
    """By which numbers it was judged."""
    return {
        "records": request.records,
        "persons": request.persons,
        "sensitive_persons": request.sensitive_persons,
        "unconsented": request.unconsented,
        "tiers": sorted(request.tiers),
        "scope_sha256": request.scope_sha256,
        "year": counters.year,
        "persons_this_year": counters.persons,
        "sensitive_persons_this_year": counters.sensitive_persons,
    }


def _year(now: datetime) -> int:
    return now.astimezone(BEIJING).year


def _wrong(pointer: str, detail: str) -> Rejected:
    return Rejected("the scope cannot be approved", (Fault(pointer=pointer, detail=detail),))
