"""What stands in a capture's texts: identifiers, terms of lexicons, signs of secrecy. Offsets and codes, never text."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from functions.archive.outcome import Decision
from functions.classify import scan as classifier
from functions.classify.lexicon import Hit, Lexicons
from functions.classify.marks import find_signs
from functions.classify.scan import Finding
from functions.law.secrecy import Sign
from functions.law.sensitive import Sensitive, birth_date, classify_sensitive, profiles

FINDINGS_KEPT = 1000  # of one capture; more add nothing to what it is
LEGAL_PROFILE = "pipl28"
"""The profile by which consent is asked for: the others say what must be stored safely, or is counted at the border."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was found."""

    findings: tuple[Finding, ...]
    hits: tuple[Hit, ...]
    lists: tuple[str, ...]
    """`id@version` of every lexicon that was hit."""
    signs: tuple[Sign, ...]
    sensitive: tuple[Sensitive, ...]
    """By each profile."""

    @property
    def kinds(self) -> Mapping[str, int]:
        """How many findings of each kind."""
        counted: dict[str, int] = {}
        for one in self.findings:
            counted[one.kind] = counted.get(one.kind, 0) + 1
        return counted

    @property
    def is_sensitive(self) -> bool:
        return any(one.findings or one.minors for one in self.sensitive if one.profile == LEGAL_PROFILE)


def look(texts: Sequence[str], lexicons: Lexicons, *, sent_at: datetime) -> Seen:
    """Total."""
    findings = classifier.scan(texts)[:FINDINGS_KEPT]
    hits = lexicons.search(texts)[:FINDINGS_KEPT]
    return Seen(
        findings=findings,
        hits=hits,
        lists=lexicons.labels(hits),
        signs=find_signs(texts, hits=hits, findings=findings),
        sensitive=_sensitive(texts, findings, sent_at),
    )


def decision(seen: Seen) -> Decision:
    """By which rules the texts were looked through, and what kind of information is in them."""
    found = {
        one.profile: {
            "rule": one.rule,
            "version": one.version,
            "categories": list(one.categories),
            "minors": one.minors,
        }
        for one in seen.sensitive
        if one.categories
    }
    result = {"lists": list(seen.lists), "sensitive": found}
    return Decision("classify", classifier.RULESET, classifier.VERSION, result)


def lines(seen: Seen) -> list[dict[str, Any]]:
    """The findings as the record has them."""
    return [asdict(one) for one in seen.findings]


def _sensitive(texts: Sequence[str], findings: Sequence[Finding], sent_at: datetime) -> tuple[Sensitive, ...]:
    if not findings:
        return ()
    kinds: dict[str, int] = {}
    for one in findings:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    numbers = (texts[one.field][one.start : one.end] for one in findings if one.kind == "resident_id")
    born = [day for day in map(birth_date, numbers) if day]
    book = profiles()
    return tuple(
        classify_sensitive(kinds, born=born, at=sent_at, rule=rule, version=book.version)
        for rule in book.rules.values()
    )
