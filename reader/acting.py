"""The commands with which people decide: propose, approve, look. Thin: each is one signed request or two."""

import argparse
import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from reader import border
from reader.acts import (
    CONSENT,
    HOLD,
    describe_act,
    describe_incidents,
    describe_list,
    describe_standing,
    describe_suspect,
    describe_suspects,
    document,
    free_document,
    kind_of,
)
from reader.door import Door, path_of
from reader.errors import Misused, NoAnswer, Unproven
from reader.show import laid_out

ABOUT_RECORD = ("record",)
DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    "consent": CONSENT,
    "hold place": HOLD,
    "hold release": ("hold",),
    "erase": ("record", "ground"),
    "quarantine clear": ABOUT_RECORD,
    "quarantine confirm": ABOUT_RECORD,
    "quarantine destroy": ("record", "order_number"),
}
"""What the arguments of each command put into the document of its act."""


def propose(chosen: argparse.Namespace, door: Door, act_id: str) -> str:
    """Any kind, from a file."""
    text = "{}" if chosen.file is None else _read(chosen.file)
    return _send(chosen, door, chosen.kind, free_document(chosen, act_id=act_id, text=text))


def shorthand(chosen: argparse.Namespace, door: Door, act_id: str) -> str:
    """One kind, from arguments."""
    return _send(chosen, door, chosen.kind, document(chosen, act_id=act_id, names=DOCUMENTS[chosen.command]))


def decide(chosen: argparse.Namespace, door: Door, act_id: str) -> str:  # noqa: ARG001 - a command's signature
    kind = chosen.kind or kind_of(json.loads(door.get("/acts", {"state": "proposed"})), chosen.act)
    said = {"decision": chosen.decision, "reason": chosen.reason}
    body = door.post(path_of("acts", kind, chosen.act, "approval"), json.dumps(said).encode())
    return body if chosen.as_json else describe_standing(json.loads(body))


def show_act(chosen: argparse.Namespace, door: Door, act_id: str) -> str:  # noqa: ARG001 - a command's signature
    kind = chosen.kind or kind_of(json.loads(door.get("/acts", {"state": "proposed"})), chosen.act)
    body = door.get(path_of("acts", kind, chosen.act), {})
    return body if chosen.as_json else describe_act(json.loads(body))


def list_acts(chosen: argparse.Namespace, door: Door, act_id: str) -> str:  # noqa: ARG001 - a command's signature
    body = door.get("/acts", {"state": chosen.state})
    return body if chosen.as_json else describe_list(json.loads(body))


def list_incidents(chosen: argparse.Namespace, door: Door, act_id: str) -> str:  # noqa: ARG001 - a command's signature
    body = door.get("/incidents", {})
    return body if chosen.as_json else describe_incidents(json.loads(body))


def list_suspects(chosen: argparse.Namespace, door: Door, act_id: str) -> str:  # noqa: ARG001 - a command's signature
    body = door.get("/suspects", {})
    return body if chosen.as_json else describe_suspects(json.loads(body))


def show_suspect(chosen: argparse.Namespace, door: Door, act_id: str) -> str:  # noqa: ARG001 - a command's signature
    body = door.get(path_of("suspects", chosen.record), {})
    if chosen.as_json:
        return body
    told: dict[str, Any] = json.loads(body)
    capture = b64decode(told["capture"]["base64"], validate=True)
    if sha256(capture).hexdigest() != told["capture"]["sha256"]:
        raise Unproven(f"the capture has SHA-256 {sha256(capture).hexdigest()}, the answer says another")
    return describe_suspect(told, laid_out(capture))


COMMANDS: Mapping[str, Callable[[argparse.Namespace, Door, str], str]] = {
    "act propose": propose,
    "act decide": decide,
    "act show": show_act,
    "acts": list_acts,
    "border scope": border.show_scope,
    "border year": border.show_year,
    "incidents": list_incidents,
    "quarantine list": list_suspects,
    "quarantine show": show_suspect,
    **dict.fromkeys(DOCUMENTS, shorthand),
}


def _send(chosen: argparse.Namespace, door: Door, kind: str, found: dict[str, Any]) -> str:
    try:
        body = door.post(path_of("acts", kind), json.dumps(found, ensure_ascii=False).encode())
    except NoAnswer as error:
        raise NoAnswer(f"{error}; to send the same again: --id {found['id']}") from error
    return body if chosen.as_json else describe_standing(json.loads(body))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misused(f"cannot read {path}: {error}") from error
