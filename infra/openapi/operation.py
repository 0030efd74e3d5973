"""One method of one path, and how its parameters are spelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.openapi.answers import Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path."""

    id: str
    summary: str
    answers: frozenset[Given]
    result: Mapping[str, Any] = field(default_factory=dict)
    """Schema of its JSON answer."""
    parameters: Sequence[Mapping[str, Any]] = ()
    body: Mapping[str, Any] | None = None
    webhook: bool = False
    """Whether the sender signs as Standard Webhooks say."""


def in_path(name: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", **(schema or {})}}


def in_query(name: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": True, "schema": {"type": "string", **(schema or {})}}
