"""The document: routes and who may call them from the stack, everything else from the operations."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from functions import __version__
from functions.web import JSON, PROBLEM, TEXT
from infra.openapi.answers import Given
from infra.openapi.operation import Operation
from infra.openapi.operations import operations
from infra.openapi.shapes import reference, schemas

AWS, NOBODY = "AWS_IAM", "NONE"
SCHEMES = {
    "webhook": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks 1.0: `v1,` and the HMAC-SHA256, or `v1a,` and the Ed25519 signature, of"
        " webhook-id.webhook-timestamp.body; several separated by a blank",
    },
    "aws": {
        "type": "apiKey",
        "in": "header",
        "name": "authorization",
        "description": "AWS Signature Version 4, service `execute-api`",
    },
}


def document(routes: Mapping[str, set[str]]) -> dict[str, Any]:
    """`routes`: by method and path, how a caller is authorised in one deployment or another.

    Raises ValueError when a route has no operation, or an operation no route.
    """
    known = operations()
    if known.keys() != routes.keys():
        raise ValueError(f"routes and operations disagree about {', '.join(sorted(known.keys() ^ routes.keys()))}")
    paths: dict[str, Any] = defaultdict(dict)
    for route, operation in known.items():
        method, path = route.split(" ")
        paths[path][method.lower()] = _operation(operation, routes[route])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fengcun",
            "version": __version__,
            "summary": "Deliver captures, and read them back.",
            "description": "Routes without an AWS signature exist only in accounts with an ICP filing.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "{door}", "variables": {"door": {"default": "http://127.0.0.1:8600"}}}],
        "paths": dict(paths),
        "components": {"schemas": schemas(), "securitySchemes": SCHEMES},
    }


def _operation(operation: Operation, authorised: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": list(operation.parameters),
        "security": [_security(operation, kind) for kind in sorted(authorised, reverse=True)],
        "responses": _responses(operation),
    }
    return found | ({"requestBody": operation.body} if operation.body else {})


def _security(operation: Operation, kind: str) -> dict[str, list[str]]:
    own: dict[str, list[str]] = {"webhook": []} if operation.webhook else {}
    return own | ({"aws": []} if kind == AWS else {})


def _responses(operation: Operation) -> dict[str, Any]:
    by_status: dict[int, list[Given]] = defaultdict(list)
    for given in sorted(operation.answers):
        by_status[given.status].append(given)
    found = {str(status): _response(operation, given) for status, given in by_status.items()}
    own = {"description": "API Gateway's own", "content": {PROBLEM: {"schema": reference("GatewayProblem")}}}
    return found | {"4XX": own, "5XX": own}


def _response(operation: Operation, given: Iterable[Given]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    problems = [one for one in given if one.form == "problem"]
    if problems:
        content[PROBLEM] = {"schema": _problems(problems)}
    for one in given:
        if one.form == "json":
            content[JSON] = {"schema": dict(operation.result)}
        elif one.form == "text":
            content[TEXT] = {"schema": {"type": "string"}}
    titles = "; ".join(dict.fromkeys(one.title for one in problems if one.title))
    return {"description": titles or " or ".join(content), "content": content}


def _problems(problems: Iterable[Given]) -> dict[str, Any]:
    names = [f"urn:fengcun:problem:{one.name}" for one in problems]
    return {"allOf": [reference("Problem"), {"properties": {"type": {"enum": names}}}]}
