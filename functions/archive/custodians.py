"""Whose conversations are kept under which rules, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One custodian over one interval. The account itself stands nowhere: `token` is its keyed name."""

    token: bytes
    valid_from: datetime
    valid_until: datetime | None
    regimes: frozenset[str]

    def covers(self, moment: datetime) -> bool:
        """From `valid_from`, up to but not including `valid_until`."""
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)


class Roll:
    """All terms, by account token."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._terms: dict[bytes, list[Term]] = {}
        for term in terms:
            self._terms.setdefault(term.token, []).append(term)

    def regimes(self, participants: Iterable[bytes], moment: datetime) -> frozenset[str]:
        """The rules that any participant brings along at that moment."""
        covering = (term for token in participants for term in self._terms.get(token, ()) if term.covers(moment))
        return frozenset().union(*(term.regimes for term in covering))

    def anyones(self, moment: datetime) -> frozenset[str]:
        """The rules that somebody brings along at that moment: for captures that do not say whose they are."""
        terms = (term for held in self._terms.values() for term in held if term.covers(moment))
        return frozenset().union(*(term.regimes for term in terms))

    def all_regimes(self) -> frozenset[str]:
        """Every rule that anybody brings along, to be checked before any is needed."""
        return frozenset().union(*(term.regimes for terms in self._terms.values() for term in terms))
