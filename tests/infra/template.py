"""Templates as a reader sees them: names instead of logical ids and intrinsic functions."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HASH = re.compile(r"[0-9A-F]{8}$")
EXPORT = re.compile(
    r":ExportsOutput(?:Ref|FnGetAtt)(.+?[0-9A-F]{8}|EndpointsJson|IndexHmacKey|PullJson)[A-Za-z]*[0-9A-F]{8}$"
)


@dataclass(frozen=True, slots=True)
class Resource:
    name: str
    """The logical id without its hash."""
    type: str
    properties: dict[str, Any]
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    body: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> "Template":
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def of(self, kind: str) -> list[Resource]:
        """Every resource of that type."""
        return [resource for resource in self.resources() if resource.type == kind]

    def one(self, kind: str, name: str) -> Resource:
        (found,) = [resource for resource in self.of(kind) if resource.name == name]
        return found

    def resources(self) -> Iterator[Resource]:
        for logical_id, body in self.body["Resources"].items():
            yield Resource(HASH.sub("", logical_id), body["Type"], body.get("Properties", {}), body)


def text(value: Any) -> str:
    """A value of a template, readable: `Vault/segments/*` for a join of an import and a string."""
    match value:
        case {"Ref": name} | {"Fn::GetAtt": [name, _]}:
            return name if name.startswith("AWS::") else HASH.sub("", name)
        case {"Fn::ImportValue": str(name)}:
            found = EXPORT.search(name)
            return HASH.sub("", found[1]) if found else name
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(text(part) for part in parts)
        case _:
            return str(value)


def texts(value: Any) -> list[str]:
    """One value or a list of them, each readable."""
    return [text(part) for part in value] if isinstance(value, list) else [text(value)]


def statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["Statement"]
    return found
