"""Deploy the real app into the running emulator with the real CDK command line, and look at what became of it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import ClientError

from local.assembly import NODE, STACKS, aws_environment, fingerprint, run, synthesise
from local.deployed.compare import Dropped
from local.deployed.look import dropped
from local.door import write_route
from local.emulator import REGION, REPOSITORY, ROOT_KEY, CannotStart, Place

Say = Callable[[str], None]
"""Told what is being done, in a few words, before anything that takes its time."""

_CDK = Path("node_modules/aws-cdk/bin/cdk")
_ASSETS = "cdk-hnb659fds-assets-{account}-{region}"  # where CDK's synthesizers put what they deploy


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """The archive as CloudFormation made it."""

    fingerprint: str
    outputs: dict[str, str]
    """Of both stacks; `Door` is the API's address on AWS."""
    dropped: list[Dropped]
    """What the templates ask for and the emulator does not have."""


def root_client(place: Place) -> Callable[[str], Any]:
    """Clients of the emulator's own root; for deploying, and for nothing that has to be judged."""

    @cache
    def client(service: str) -> Any:
        return boto3.Session(aws_access_key_id=ROOT_KEY, aws_secret_access_key=ROOT_KEY, region_name=REGION).client(
            service, endpoint_url=place.endpoint
        )  # type: ignore[call-overload]  # the service is a variable

    return client


def deploy(place: Place, *, say: Say) -> Deployed:
    """Deploy both stacks unless exactly they are deployed already. Raises CannotStart."""
    mark = fingerprint(REPOSITORY)
    before = _remembered(place)
    if before and before.fingerprint == mark:
        return before
    if not (REPOSITORY / _CDK).exists():
        raise CannotStart("the CDK command line is not installed: run `npm ci` in the repository, or `make demo`")
    say("synthesising the templates")
    assembly = synthesise(mark, log=place.data / "synth.log")
    say("cdk deploy")
    _make_asset_bucket(place)
    _run_cdk(place, assembly)
    say("comparing what is deployed with the templates")
    deployed = Deployed(fingerprint=mark, outputs=_outputs(place), dropped=_all_dropped(place, assembly))
    _remember(place, deployed)
    return deployed


def _run_cdk(place: Place, assembly: Path) -> None:
    options = ["--require-approval", "never", "--progress", "events", "--no-color"]
    environment = aws_environment(
        AWS_ENDPOINT_URL=place.endpoint,
        AWS_REGION=REGION,
        AWS_ACCESS_KEY_ID=ROOT_KEY,
        AWS_SECRET_ACCESS_KEY=ROOT_KEY,
        CDK_HOME=place.data / "cdk-home",  # the CLI remembers accounts by access key, and would mix emulators up
    )
    command = [str(NODE), str(REPOSITORY / _CDK), "deploy", "--all", "--app", str(assembly), *options]
    run(command, log=place.data / "deploy.log", environment=environment, doing="cdk deploy")


def _make_asset_bucket(place: Place) -> None:
    """What `cdk bootstrap` would have made, once per account."""
    client = root_client(place)
    name = _ASSETS.format(account=client("sts").get_caller_identity()["Account"], region=REGION)
    try:
        client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise


def _outputs(place: Place) -> dict[str, str]:
    cloudformation = root_client(place)("cloudformation")
    found: dict[str, str] = {}
    for name in STACKS:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        found |= {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return found


def _all_dropped(place: Place, assembly: Path) -> list[Dropped]:
    client = root_client(place)
    templates = {name: json.loads((assembly / f"{name}.template.json").read_text("utf-8")) for name in STACKS}
    return [each for name, template in templates.items() for each in dropped(client, name, template)]


def open_door(place: Place, deployed: Deployed) -> None:
    """Lead the door to the deployed API. Its output is `https://<id>.execute-api.<region>.…/<stage>/`."""
    address = urlsplit(deployed.outputs["Door"])
    api_id, stage = (address.hostname or "").partition(".")[0], address.path.strip("/")
    write_route(place.route_file, api_id=api_id, stage=stage)


def _memory(place: Place) -> Path:
    return place.data / "deployed.json"


def _remembered(place: Place) -> Deployed | None:
    if not _memory(place).exists():
        return None
    kept = json.loads(_memory(place).read_text("utf-8"))
    return Deployed(**{**kept, "dropped": [Dropped(**each) for each in kept["dropped"]]})


def _remember(place: Place, deployed: Deployed) -> None:
    text = json.dumps(asdict(deployed), indent=2, ensure_ascii=False, default=repr)
    _memory(place).write_text(text + "\n", encoding="utf-8")
