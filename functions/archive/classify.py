"""What stands in a capture's texts: identifiers, terms of lexicons, signs of secrecy. Offsets and codes, never text."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from functions.archive.outcome import Decision
from functions.classify import scan as classifier
from functions.classify.lexicon import Lexicons
from functions.classify.lexicon_fold import fold
from functions.classify.marks import find_signs
from functions.classify.scan import Finding
from functions.law.secrecy import Sign
from functions.law.sensitive import Sensitive, birth_date, classify_sensitive, profiles
from functions.law.tier import Found

FINDINGS_KEPT = 1000  # of one capture; more add nothing to what it is
LEGAL_PROFILE = "pipl28"
"""The profile by which consent is asked for: the others say what must be stored safely, or is counted at the border."""


NOTHING_FOUND = Found(kinds={}, lists={}, marks=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was found."""

    findings: tuple[Finding, ...] = ()
    found: Found = NOTHING_FOUND
    """The same in numbers, as tiers are decided by."""
    signs: tuple[Sign, ...] = ()
    sensitive: tuple[Sensitive, ...] = ()
    """By each profile."""

    @property
    def sensitive_findings(self) -> int:
        """By the profile that consent is asked by. All of them count, where somebody is a minor."""
        return sum(one.findings for one in self.sensitive if one.profile == LEGAL_PROFILE)


def look(texts: Sequence[str], lexicons: Lexicons, *, sent_at: datetime) -> Seen:
    """Total."""
    findings = classifier.scan(texts)
    folded = [fold(text) for text in texts]
    hits = lexicons.search_folded(folded)  # all of them: a flood of harmless ones must not hide what comes after it
    signs = find_signs(folded, hits=hits, findings=findings)
    kinds = Counter(one.kind for one in findings) if findings else {}
    return Seen(
        findings=findings[:FINDINGS_KEPT],
        found=Found(
            kinds=kinds,
            lists=lexicons.count(hits),
            marks=frozenset([one.of for one in signs]),
            folded=tuple([one.text for one in folded]),
        ),
        signs=signs,
        sensitive=_sensitive(texts, findings, kinds, sent_at),
    )


def add(seen: Seen, more: Sequence[Finding], *, texts: Sequence[str], sent_at: datetime) -> Seen:
    """With findings that were put together from several captures."""
    findings = tuple(sorted((*seen.findings, *more), key=lambda one: (one.field, one.start, one.end)))[:FINDINGS_KEPT]
    kinds = Counter(one.kind for one in findings)
    return replace(
        seen,
        findings=findings,
        found=replace(seen.found, kinds=kinds),
        sensitive=_sensitive(texts, findings, kinds, sent_at),
    )


def decision(seen: Seen) -> Decision:
    """By which rules the texts were looked through, and what kind of information is in them."""
    return _decision(seen) if seen.sensitive or seen.found.lists else CLEAR


def _decision(seen: Seen) -> Decision:
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
    result = {"lists": dict(seen.found.lists), "sensitive": found}
    return Decision("classify", classifier.RULESET, classifier.VERSION, result)


CLEAR = _decision(Seen())
"""Shared by everything in which neither was found."""


def lines(seen: Seen) -> list[dict[str, Any]]:
    """The findings as the record has them."""
    return [asdict(one) for one in seen.findings]


def _sensitive(
    texts: Sequence[str], findings: Sequence[Finding], kinds: Mapping[str, int], sent_at: datetime
) -> tuple[Sensitive, ...]:
    if not findings:
        return ()
    numbers = (texts[one.field][one.start : one.end] for one in findings if one.kind == "resident_id")
    born = [day for day in map(birth_date, numbers) if day]
    book = profiles()
    return tuple(
        classify_sensitive(kinds, born=born, at=sent_at, rule=rule, version=book.version)
        for rule in book.rules.values()
    )
