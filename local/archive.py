"""A whole local archive, from an empty folder to an open door, for as long as a `with` block runs."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from functions.intake.endpoints import Configuration
from local.deploy import Deployed, Say, deploy, open_door, root_client
from local.emulator import REGION, CannotStart, Place, free_port, in_use, is_taken, running
from local.operator import AccessKey, make_operator
from local.state import describe, read_state, write_state
from reader.aws import CustodianTable, SecretText
from reader.config import apply

_STATE_FILE = "state.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A running archive."""

    place: Place
    state: Mapping[str, Any]
    """As in `state.json`."""
    deployed: Deployed

    def client(self, service: str) -> Any:
        """A boto3 client with the operator's credentials, which does not try again what was refused."""
        return _session(self.state).client(
            service,  # type: ignore[call-overload]  # the service is a variable
            endpoint_url=self.place.endpoint,
            config=Config(retries={"max_attempts": 1, "mode": "standard"}),
        )


def _session(state: Mapping[str, Any]) -> boto3.Session:
    return boto3.Session(
        aws_access_key_id=state["access_key_id"],
        aws_secret_access_key=state["secret_access_key"],
        region_name=REGION,
    )


def settle(data: Path, door_port: int) -> Place:
    """Where the archive of this folder lives: the AWS port it always had, or a free one for a new folder.

    Raises CannotStart when the door's port cannot be had, before anything is written.
    """
    if is_taken(door_port):
        raise CannotStart(in_use(door_port))
    data.mkdir(parents=True, exist_ok=True)
    kept = data / "port.json"
    if not kept.exists():
        port = door_port + 1 if not is_taken(door_port + 1) else free_port()
        kept.write_text(json.dumps({"aws_endpoint": port}) + "\n", encoding="ascii")
    port = json.loads(kept.read_text("ascii"))["aws_endpoint"]
    if port == door_port:
        raise CannotStart(f"port {door_port} is the AWS endpoint of {data}: choose another port for the door")
    return Place(data=data.resolve(), port=port, door_port=door_port)


@contextmanager
def opened(place: Place, configuration: Configuration, *, say: Say) -> Iterator[Archive]:
    """The archive, deployed and configured, its door open. Raises CannotStart."""
    say("starting the emulator")
    with running(place):
        deployed = deploy(place, say=say)
        open_door(place, deployed)
        say("applying the configuration")
        state = _configure(place, deployed, configuration)
        yield Archive(place=place, state=state, deployed=deployed)


def _configure(place: Place, deployed: Deployed, configuration: Configuration) -> dict[str, Any]:
    root, outputs = root_client(place), deployed.outputs
    state = describe(
        place,
        outputs=outputs,
        configuration=configuration,
        key=_operator(place),
        account=root("sts").get_caller_identity()["Account"],
    )
    table = _session(state).resource("dynamodb", endpoint_url=place.endpoint).Table(outputs["CustodiansTable"])
    secrets = _session(state).client("secretsmanager", endpoint_url=place.endpoint)
    index_key = SecretText(secrets, outputs["IndexSecret"]).read().encode()
    endpoints = SecretText(secrets, outputs["EndpointsSecret"])
    apply(configuration, endpoints=endpoints, index_key=index_key, custodians=CustodianTable(table))
    write_state(place.data / _STATE_FILE, state)
    return state


def _operator(place: Place) -> AccessKey:
    """The operator of last time, so that a client's credentials outlive a restart; a new one for a new folder."""
    before = read_state(place.data / _STATE_FILE)
    if before is None:
        return make_operator(root_client(place))
    return AccessKey(access_key_id=before["access_key_id"], secret_access_key=before["secret_access_key"])
