"""`fengcun config apply`: make the deployment's endpoints, custodians, contacts and exclusions those of one file."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from functions.errors import Rejected
from functions.intake.endpoints import Configuration
from reader.errors import Misused

ROLES = {"custodians": "custodian", "contacts": "contact", "excluded": "excluded"}


class Secret(Protocol):
    def read(self) -> str: ...

    def write(self, text: str) -> None:
        """Make `text` the current version."""
        ...


class Custodians(Protocol):
    def items(self) -> list[dict[str, Any]]:
        """Every item: `token` bytes, `valid_from`, perhaps more."""
        ...

    def replace(self, *, put: Iterable[Mapping[str, Any]], remove: Iterable[tuple[bytes, str]]) -> None:
        """Write, then remove by (token, valid_from)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of the entries of one kind, by id."""

    added: tuple[Any, ...]
    changed: tuple[Any, ...]
    removed: tuple[Any, ...]
    unchanged: tuple[Any, ...]

    def ids(self) -> dict[str, tuple[Any, ...]]:
        return {name: getattr(self, name) for name in ("added", "changed", "removed", "unchanged")}

    def counts(self) -> dict[str, int]:
        return {name: len(keys) for name, keys in self.ids().items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What one `config apply` did."""

    gateways: Change
    wecom: Change
    wechat: Change
    custodians: Change
    contacts: Change
    excluded: Change


def read_configuration(text: str, *, name: str) -> Configuration:
    """Raises Misused with file, line, key and reason."""
    try:
        return Configuration.from_toml(text, name=name)
    except Rejected as error:
        raise Misused(str(error)) from error


def difference(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Change:
    """Compare two sets of entries by key and value."""
    common = sorted(before.keys() & after.keys())
    return Change(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(key for key in common if before[key] != after[key]),
        removed=tuple(sorted(before.keys() - after.keys())),
        unchanged=tuple(key for key in common if before[key] == after[key]),
    )


def apply(configuration: Configuration, *, endpoints: Secret, index_key: bytes, custodians: Custodians) -> Applied:
    """Write what differs, nothing else. Repeating it after an error completes it."""
    text = _endpoints_secret(configuration)
    known, wanted = json.loads(endpoints.read()), json.loads(text)
    if any(known.values()) and not any(wanted.values()):
        raise Misused("the file names no way in at all, and the deployment has some: every sender would be shut out")
    if known != wanted:
        endpoints.write(text)
    return Applied(
        gateways=difference(known["gateways"], wanted["gateways"]),
        wecom=difference(known["wecom"], wanted["wecom"]),
        wechat=difference(known.get("wechat", {}), wanted["wechat"]),
        **_replace(custodians, configuration.custodian_items(index_key)),
    )


def _endpoints_secret(configuration: Configuration) -> str:
    try:
        return configuration.endpoints_secret()
    except Rejected as error:
        raise Misused(str(error)) from error


def _replace(table: Custodians, wanted: Iterable[Mapping[str, Any]]) -> dict[str, Change]:
    before, after = ({_key(item): dict(item) for item in items} for items in (table.items(), wanted))
    change = difference(before, after)
    table.replace(put=[after[key] for key in (*change.added, *change.changed)], remove=change.removed)
    return {name: difference(_of(role, before), _of(role, after)) for name, role in ROLES.items()}


def _of(role: str, items: Mapping[Any, Mapping[str, Any]]) -> dict[Any, Mapping[str, Any]]:
    return {key: item for key, item in items.items() if item.get("role", "custodian") == role}


def _key(item: Mapping[str, Any]) -> tuple[bytes, str]:
    return item["token"], item["valid_from"]
