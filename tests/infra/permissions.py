"""The page a reviewer reads: who may do what with which, and when. `python -m tests.infra.permissions` writes it."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.deployment import Deployment
from tests.infra.synth import DEPLOYMENTS, PULLING, Stacks, synthesise
from tests.infra.template import Resource, Template, statements, text, texts

PAGE = Path(__file__).with_name("permissions.txt")
HEAD = """\
# Who may do what with which, and when. Roles first, then what resources themselves allow and deny to anyone.
# Every line holds in every deployment, unless it ends in the only ones it holds in (`pulling`: `trial` with a pull).
# Written by `python -m tests.infra.permissions`, compared by a test: read the diff.
"""
DOCUMENTS = {
    "AWS::S3::BucketPolicy": ("Bucket", "PolicyDocument"),
    "AWS::SQS::QueuePolicy": ("Queues", "PolicyDocument"),
    "AWS::SNS::TopicPolicy": ("Topics", "PolicyDocument"),
    "AWS::KMS::Key": (None, "KeyPolicy"),
    "AWS::ApiGateway::RestApi": (None, "Policy"),
}


def page(stacks: Mapping[str, Stacks]) -> str:
    """The whole page, for the deployments given."""
    holds: dict[str, set[str]] = {}
    for name, both in stacks.items():
        for line in _lines(both):
            holds.setdefault(_anywhere(line, both.deployment), set()).add(name)
    lines = [f"{line}{_where(where, set(stacks))}" for line, where in holds.items()]
    return HEAD + "\n".join(sorted(lines, key=lambda line: (not line.startswith("role "), line))) + "\n"


def _where(where: set[str], everywhere: set[str]) -> str:
    """`pulling` is the trial with one room more, and is named only where the two differ."""
    if where == everywhere:
        return ""
    named = where - {PULLING.name} if (PULLING.name in where) == ("trial" in where) else where
    return f"  ({', '.join(sorted(named))})"


def _anywhere(line: str, deployment: Deployment) -> str:
    """The line without what is only this deployment's."""
    line = line.replace(f"= {deployment.archive_id}", "= <archive_id>")
    line = line.replace(f":execute-api:{deployment.region}:", ":execute-api:AWS::Region:")
    return line.replace(deployment.account, "AWS::AccountId") if deployment.account else line


def _lines(stacks: Stacks) -> Iterator[str]:
    for template in (stacks.records, stacks.flow):
        yield from _role_lines(template)
        yield from _resource_lines(template)


def _role_lines(template: Template) -> Iterator[str]:
    for policy in template.of("AWS::IAM::Policy"):
        for role in policy.properties["Roles"]:
            for line in _statement_lines(policy.properties["PolicyDocument"]):
                yield f"role {text(role).removesuffix('Role')}: {line}"
    for role in template.of("AWS::IAM::Role"):
        for managed in role.properties.get("ManagedPolicyArns", []):
            yield f"role {role.name}: managed policy {text(managed)}"
        yield from _trust_lines(role)


def _trust_lines(role: Resource) -> Iterator[str]:
    """Who may become the role, where that is not a service alone."""
    for trust in statements(role.properties["AssumeRolePolicyDocument"]):
        if "AWS" in trust["Principal"]:
            yield f"role {role.name}: may be assumed by {text(trust['Principal']['AWS'])}{_when(trust)}"


def _resource_lines(template: Template) -> Iterator[str]:
    for kind, (subject, document) in DOCUMENTS.items():
        for resource in template.of(kind):
            names = texts(resource.properties[subject]) if subject else [resource.name]
            for line in _statement_lines(resource.properties[document]):
                yield f"{kind.split('::')[1].lower()} {'+'.join(names)}: {line}"


def _statement_lines(document: dict[str, Any]) -> Iterator[str]:
    for statement in statements(document):
        for action in texts(statement["Action"]):
            for resource in texts(statement["Resource"]):
                yield f"{statement['Effect'].lower()}{_who(statement)} {action} on {resource}{_when(statement)}"


def _who(statement: dict[str, Any]) -> str:
    match statement.get("Principal"):
        case None:
            return ""
        case {"AWS": who} | {"Service": who}:
            return f" {'+'.join(texts(who))}"
        case who:
            return f" {who}"


def _when(statement: dict[str, Any]) -> str:
    parts = [
        f"{operator} {key} = {', '.join(texts(value))}"
        for operator, pairs in statement.get("Condition", {}).items()
        for key, value in pairs.items()
    ]
    return f" when {' and '.join(parts)}" if parts else ""


if __name__ == "__main__":
    PAGE.write_text(page(synthesise(DEPLOYMENTS)), encoding="utf-8")
    sys.stdout.write(f"{PAGE} written\n")
