"""A template against what was found deployed, property by property. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """One property that the template asks for and the deployed resource does not have."""

    resource: str
    """Logical id and type, as in `Vault (AWS::S3::Bucket)`."""
    property: str
    wanted: Any
    found: Any


@dataclass(frozen=True, slots=True)
class Computed:
    """Stands for a value only CloudFormation can compute; any value but None will do."""

    of: str = ""
    """Physical id of the resource whose attribute it is; empty when it is no attribute of this stack."""

    def __repr__(self) -> str:
        return "…"


def resolve(value: Any, physical_ids: Mapping[str, str]) -> Any:
    """`value` with every `Ref` of the stack replaced by its physical id, and every other intrinsic by `Computed`.

    What another stack exports has its export's name for a logical id.
    """
    if isinstance(value, Mapping):
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name in ("Ref", "Fn::ImportValue"):
                return physical_ids.get(argument, Computed())
            if name.startswith("Fn::"):
                return Computed(physical_ids.get(argument[0], "") if name == "Fn::GetAtt" else "")
        return {key: resolve(member, physical_ids) for key, member in value.items()}
    if isinstance(value, list):
        return [resolve(member, physical_ids) for member in value]
    return value


def name_of(value: Any) -> str:
    """The physical id that `value` is, or is an attribute of."""
    return value.of if isinstance(value, Computed) else str(value)


def holds(wanted: Any, found: Any) -> bool:
    """Whether `found` is what was wanted; it may have more keys, never fewer, and booleans and numbers as text."""
    if isinstance(wanted, Computed):
        return found is not None
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(holds(member, found.get(key)) for key, member in wanted.items())
    if isinstance(wanted, list):
        return _list_holds(wanted, found)
    return found is not None and _text(wanted) == _text(found)


def _list_holds(wanted: Sequence[Any], found: Any) -> bool:
    if not isinstance(found, list):  # IAM writes a list of one as its only member
        return len(wanted) == 1 and holds(wanted[0], found)
    return len(wanted) == len(found) and all(any(holds(each, one) for one in found) for each in wanted)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def compare(
    template: Mapping[str, Any], physical_ids: Mapping[str, str], found: Mapping[str, Mapping[str, Any]]
) -> list[Dropped]:
    """Everything the template's resources ask for that is not there.

    `found` has, for each logical id, the properties the emulator reports, in CloudFormation's spelling. A resource
    that nobody could look up is missing there, and all its properties are reported.
    """
    return [
        Dropped(resource=f"{name} ({resource['Type']})", property=key, wanted=wanted, found=have)
        for name, resource in template["Resources"].items()
        for key, wanted in resolve(resource.get("Properties", {}), physical_ids).items()
        if not holds(wanted, have := found.get(name, {}).get(key))
    ]
