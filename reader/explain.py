"""`fengcun policy explain`: every decision of a record, with what the rule that made it cites. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from functions.law.rulebook import citations
from reader.show import visible

OWN = {
    "identifiers": "a rule set of this software (functions/classify), not of a law",
    "policy.floor": "the deployment's retention_floor_days in cdk.json",
}
"""What decides besides the rule files."""


def explain(told: Mapping[str, Any]) -> str:
    """From the answer of GET /records/{record_id}: a block for each decision."""
    lines = [f"record {told['record_id']}"]
    for decision in told["envelope"]["decisions"]:
        lines += ["", *_decision(decision)]
    return "\n".join(map(visible, lines))


def explained(told: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a program."""
    decisions = [
        {**decision, "citations": [cite(rule, version) for rule, version in _rules(decision)]}
        for decision in told["envelope"]["decisions"]
    ]
    return {"record_id": told["record_id"], "decisions": decisions}


def cite(rule: str, version: str) -> dict[str, Any]:
    """What the rule cites; where its version is not shipped any more, what the shipped one does, and that it is."""
    known = citations().get(rule)
    if known is None:
        return {"rule": rule, "citation": None, "note": OWN.get(rule) or _of_the_policy(rule)}
    cited = {
        "rule": rule,
        "citation": known.citation,
        "jurisdiction": known.jurisdiction,
        "legal_source": known.legal_source,
        "read": known.read,
        "file": f"functions/law/rules/{known.file}",
        "version": known.version,
    }
    if known.version == version.partition("+")[0]:  # after the plus stands the policy's
        return cited
    note = f"version {version} decided and is not shipped any more; this is version {known.version}"
    return {**cited, "note": note}


def _of_the_policy(rule: str) -> str:
    policy, dot, key = rule.partition(".")
    if policy == "policy" and dot:
        return f"the deployment's policy decided: {key}"
    return "no rule file of this release has this rule"


def _decision(decision: Mapping[str, Any]) -> Iterator[str]:
    plain = {name: value for name, value in decision["result"].items() if not isinstance(value, list | dict)}
    result = ", ".join(f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in plain.items())
    yield f"{decision['about']:<10}{decision['rule']} version {decision['version']}{': ' if result else ''}{result}"
    for rule, version in _rules(decision):
        cited = cite(rule, version)
        if cited["citation"] is not None:
            yield f"  {rule}: {cited['citation']}"
            yield f"    {cited['jurisdiction']}, {cited['legal_source']}, read {cited['read']}, {cited['file']}"
        if "note" in cited:
            yield f"  {rule}: {cited['note']}" if cited["citation"] is None else f"    {cited['note']}"


def _rules(decision: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The rule that decided, then all that its result names, each once, with its version."""
    named = _named(decision["result"], decision["version"])
    return list(dict.fromkeys(((decision["rule"], decision["version"]), *named)))


def _named(value: Any, version: str) -> Iterator[tuple[str, str]]:
    """Of the version that stands beside it; where none does, of the decision's."""
    if isinstance(value, Mapping):
        version = str(value.get("version", version))
        if isinstance(value.get("rule"), str):
            yield value["rule"], version
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _named(one, version)
