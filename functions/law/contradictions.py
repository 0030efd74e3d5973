"""What a policy cannot mean, though each of its keys could: found at load, with the key to change. Pure."""

from collections.abc import Iterator

from functions.law.consent import ConsentPolicy
from functions.law.lines import Location
from functions.law.retention import PRC_SOURCES, rule_book
from functions.law.scope import ScopePolicy
from functions.law.sections import CompletenessPolicy, RetentionPolicy, TierPolicy

Contradiction = tuple[Location, str]


def of_scope(scope: ScopePolicy) -> Iterator[Contradiction]:
    hours = scope.hours
    if hours.begin >= hours.end:
        yield ("scope", "hours", "end"), "the working day must end after it begins, within one day of Beijing"
    for day in sorted(hours.holidays & hours.workdays):
        yield ("scope", "hours", "workdays"), f"{day} is named as a holiday too"
    works = [("scope", name, "hours") for name in ("corporate", "byod", "unstated") if _works(scope, name)]
    if works and not hours.weekdays:
        yield works[0], "only working hours are kept, and scope.hours names no weekday"


def _works(scope: ScopePolicy, device: str) -> bool:
    return bool(getattr(scope, device).hours == "work")


def of_consent(consent: ConsentPolicy, retention: RetentionPolicy) -> Iterator[Contradiction]:
    holds = consent.unanswered == "hold_back"
    if holds != (consent.hold_days > 0):
        reason = "give the days something is held back" if holds else "must be 0: consent.unanswered holds nothing back"
        yield ("consent", "hold_days"), reason
    if consent.remind_days > consent.ask_again_days:
        yield ("consent", "ask_again_days"), "who refused would be asked again sooner than who did not answer"
    sources = {rule.legal_source for name, rule in rule_book().rules.items() if name in retention.regimes}
    if "statutory_duty" in _grounds(consent) and not sources & PRC_SOURCES:
        reason = "a statutory duty is a ground of consent, and no retention rule here is of a PRC source"
        yield ("retention", "regimes"), reason
    if consent.minor.general in WORK or consent.minor.sensitive in WORK:
        yield ("consent", "minor"), "nobody under 14 is employed: hr_rules cannot be the ground"


WORK = frozenset({"hr_rules"})


def _grounds(consent: ConsentPolicy) -> set[str]:
    kinds = (consent.custodian, consent.other, consent.minor)
    return {ground for kind in kinds for ground in (kind.general, kind.sensitive)}


def of_tiers(tiers: TierPolicy) -> Iterator[Contradiction]:
    if tiers.core_persons <= tiers.important_persons:
        yield ("tiers", "core_persons"), "must be more than tiers.important_persons"
    seen = set[str]()
    for place, entry in enumerate(tiers.catalogue):
        if entry.id in seen:
            yield ("tiers", "catalogue", place, "id"), f"two entries have the id {entry.id}"
        seen.add(entry.id)
        if not entry.lists and not entry.kinds and entry.pattern is None:
            yield ("tiers", "catalogue", place), "give lists, kinds or a pattern: an entry needs something to match"


def of_retention(retention: RetentionPolicy) -> Iterator[Contradiction]:
    for place, name in enumerate(retention.regimes):
        if name not in rule_book().rules:
            known = ", ".join(sorted(rule_book().rules))
            yield ("retention", "regimes", place), f"no retention rule {name!r}; there are {known}"


def of_completeness(completeness: CompletenessPolicy) -> Iterator[Contradiction]:
    if len(set(completeness.gateways)) != len(completeness.gateways):
        yield ("completeness", "gateways"), "one gateway stands twice"
