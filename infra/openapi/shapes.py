"""Schemas: of requests from what the door checks, of answers from the types that the rooms are held to."""

import re
from typing import Any

from pydantic import TypeAdapter

from functions.capture.content import SHAPES
from functions.capture.event import ATTRIBUTE_NAME, MOST_EVENTS, MOST_TEXT
from functions.custody.answers import SuspectList, SuspectShown
from functions.intake.answers import Announced, Results
from functions.intake.media import Announcement
from functions.office.answers import ActList, ActShown, ActStanding, IncidentList, ScopeShown, YearShown
from functions.office.documents import DOCUMENTS, Decision
from functions.retrieval.answers import Exceptions, MediaPart, Memberships, Receipts, Record, Reports
from functions.web import Problem
from infra.constructs.door import PROBLEM

REFERENCE = "#/components/schemas/{model}"
ANSWERS: dict[str, Any] = {
    "Results": Results,
    "Announced": Announced,
    "Record": Record,
    "Exceptions": Exceptions,
    "Memberships": Memberships,
    "Receipts": Receipts,
    "MediaPart": MediaPart,
    "Reports": Reports,
    "Problem": Problem,
    "ActStanding": ActStanding,
    "ActList": ActList,
    "ActShown": ActShown,
    "ScopeShown": ScopeShown,
    "YearShown": YearShown,
    "IncidentList": IncidentList,
    "SuspectList": SuspectList,
    "SuspectShown": SuspectShown,
}
ARCHIVED_CHAT = "com.tencent.wecom.chatarchive"


def schemas() -> dict[str, Any]:
    """`components.schemas`, by name."""
    found: dict[str, Any] = {}
    for name, shape in ANSWERS.items():
        found |= _flat(name, TypeAdapter(shape))
    for event_type, adapter in SHAPES.items():
        found |= _flat(_data_name(event_type), adapter)
    found |= _flat("Announcement", TypeAdapter(Announcement))
    found |= _flat("Decision", TypeAdapter(Decision))
    for model in DOCUMENTS.values():
        found |= _flat(model.__name__, TypeAdapter(model))
    found["ActDocument"] = _documents()
    found["CloudEvent"] = _event()
    found["CloudEvents"] = {
        "type": "array",
        "items": reference("CloudEvent"),
        "minItems": 1,
        "maxItems": MOST_EVENTS,
    }
    found["GatewayProblem"] = _gateway_problem()
    return dict(sorted(found.items()))


def reference(name: str) -> dict[str, str]:
    return {"$ref": REFERENCE.format(model=name)}


def _flat(name: str, adapter: TypeAdapter[Any]) -> dict[str, Any]:
    """A model and what it is made of, each under its own name; of an event around data, the data alone."""
    schema = adapter.json_schema(ref_template=REFERENCE)
    parts: dict[str, Any] = schema.pop("$defs", {})
    if "data" in schema.get("properties", {}):
        own = schema["properties"]["data"]["$ref"].rpartition("/")[2]
        return {name if key == own else key: value for key, value in parts.items()}
    return {**parts, name: schema}


def _documents() -> dict[str, Any]:
    said = "; ".join(f"`{kind}`: {model.__name__}" for kind, model in sorted(DOCUMENTS.items()))
    names = sorted({model.__name__ for model in DOCUMENTS.values()})
    return {"description": f"as the kind says. {said}", "anyOf": [reference(name) for name in names]}


def _data_name(event_type: str) -> str:
    """`cn.wechat.message` is `MessageData`."""
    return f"{event_type.rpartition('.')[2].capitalize()}Data"


def _event() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1, "maxLength": MOST_TEXT}
    known = "; ".join(f"`{event_type}`: {_data_name(event_type)}" for event_type in SHAPES)
    return {
        "type": "object",
        "description": "CloudEvents 1.0 in JSON. What is not described here is kept as it comes.",
        "required": ["specversion", "id", "source", "type"],
        "propertyNames": {"pattern": f"^(?:{ATTRIBUTE_NAME.pattern}|data_base64)$"},
        "properties": {
            "specversion": {"const": "1.0"},
            "id": text | {"description": "the message's own id; with `source` it names the capture"},
            "source": text,
            "type": text
            | {"description": f"{known}; `{ARCHIVED_CHAT}`: the decrypted message, a string. Any other is kept too."},
            "time": {
                "type": ["string", "null"],
                "format": "date-time",
                "description": "when the message was sent; without it the time of delivery stands in",
            },
            "data": {
                "description": "as `type` says. Data of another shape are kept as well, marked `unparsed`.",
                "anyOf": [*(reference(_data_name(event_type)) for event_type in SHAPES), {}],
            },
            "data_base64": {"type": "string", "contentEncoding": "base64"},
        },
        "not": {"required": ["data", "data_base64"]},
    }


def _gateway_problem() -> dict[str, Any]:
    """What API Gateway says by itself, with the fields of the template that makes it say so."""
    names = re.findall(r'"(\w+)":', PROBLEM)
    return {
        "type": "object",
        "description": "refused before it reached the archive",
        "required": names,
        "properties": {name: {"type": "string"} for name in names} | {"type": {"const": "about:blank"}},
    }
