"""The app: `python -m infra.app` writes the stacks of the deployment chosen by `-c deployment=<name>` into `cdk.out`.

The CDK command line runs the same module and hands its own context down; by itself the app reads `cdk.json`.
Context: `deployment` (default trial), `asset` (`lambda`, or `local` for the interpreter of this machine) and
`synthesizer` (`default`, for a bootstrapped account, or `cli`, which deploys with the caller's own credentials).
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from infra import asset
from infra.acknowledged import acknowledge
from infra.deployment import Deployment, RefusedDeployment, read
from infra.flow_stack import FlowStack
from infra.gates import add_gates
from infra.policy import lexicon_texts, policy_text
from infra.records_stack import RecordsStack

ROOT = Path(__file__).parent.parent
ASSETS = {"lambda": asset.for_lambda, "local": asset.for_this_machine}
SYNTHESIZERS = {"default": cdk.DefaultStackSynthesizer, "cli": cdk.CliCredentialsStackSynthesizer}


def main(arguments: Sequence[str], root: Path = ROOT) -> None:
    """Synthesise. Raises SystemExit with a sentence for a deployment that is refused."""
    app = make_app(arguments, root)
    try:
        deployment = read(app.node.get_context("deployments"), _choice(app, "deployment", "trial"))
    except RefusedDeployment as refusal:
        raise SystemExit(str(refusal)) from refusal
    target = ASSETS[_choice(app, "asset", "lambda")]()
    added = lexicon_texts(deployment.lexicons)
    folder = asset.build(root, target, policy=policy_text(deployment.policy), lexicons=added)
    acknowledge(*add_stacks(app, deployment, folder))
    add_gates(app)
    app.synth()


def make_app(arguments: Sequence[str], root: Path = ROOT) -> cdk.App:
    """The app with the context of `cdk.json`, over it the arguments', over both what the CDK command line passes."""
    parser = argparse.ArgumentParser(prog="python -m infra.app")
    parser.add_argument("-c", "--context", action="append", default=[], metavar="KEY=VALUE")
    given = dict(pair.split("=", 1) for pair in parser.parse_args(arguments).context)
    context: dict[str, Any] = json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"]
    return cdk.App(
        context={**context, **given},
        analytics_reporting=False,
        outdir=os.environ.get("CDK_OUTDIR", str(root / "cdk.out")),
    )


def add_stacks(app: cdk.App, deployment: Deployment, folder: Path) -> tuple[RecordsStack, FlowStack]:
    """The two stacks of `deployment`, whose functions run the code in `folder`."""
    environment = cdk.Environment(account=deployment.account, region=deployment.region)
    synthesizer = SYNTHESIZERS[_choice(app, "synthesizer", "default")]
    records = RecordsStack(app, deployment=deployment, env=environment, synthesizer=synthesizer())
    flow = FlowStack(
        app,
        deployment=deployment,
        records=records,
        code=lambda_.Code.from_asset(str(folder)),
        env=environment,
        synthesizer=synthesizer(),
    )
    return records, flow


def _choice(app: cdk.App, key: str, default: str) -> str:
    return str(app.node.try_get_context(key) or default)


if __name__ == "__main__":
    main(sys.argv[1:])
