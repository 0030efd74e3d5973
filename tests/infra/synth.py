"""Templates of deployments, made in this process with a stub for the code and without CDK's own validation."""

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from infra.app import ROOT, add_stacks
from infra.deployment import Deployment, read
from tests.infra.template import Template

# After infra, which chooses the node that aws_cdk starts.
# isort: split
import aws_cdk as cdk

CONTEXT = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
PULLING = Deployment.model_validate(
    read(CONTEXT["deployments"], "trial").model_dump()
    | {
        "name": "pulling",
        "pull": {
            "corp_id": "ww0123456789abcdef",
            "schedule_minutes": 10,
            "layer": "wecom-finance:3",
            "subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
            "security_group_id": "sg-0123456789abcdef0",
        },
        "media": {
            "clamd": "clamd.internal:3310",
            "subnet_ids": ["subnet-0123456789abcdef0"],
            "security_group_id": "sg-0123456789abcdef0",
        },
    }
)
"""The trial, with the optional room `pull`, and files scanned by the firm's clamd."""
DEPLOYMENTS = (*(read(CONTEXT["deployments"], name) for name in sorted(CONTEXT["deployments"])), PULLING)


@dataclass(frozen=True, slots=True)
class Stacks:
    records: Template
    flow: Template
    deployment: Deployment


def synthesise(deployments: Iterable[Deployment]) -> dict[str, Stacks]:
    """The templates of each deployment, by its name."""
    return {deployment.name: synthesise_one(deployment) for deployment in deployments}


def synthesise_one(deployment: Deployment, **context: str) -> Stacks:
    with tempfile.TemporaryDirectory() as folder:
        code = stub(Path(folder))
        app = cdk.App(
            context={**CONTEXT, **context},
            analytics_reporting=False,
            builtin_cloud_formation_validation=False,
            outdir=f"{folder}/out",
        )
        records, flow = add_stacks(app, deployment, code)
        app.synth()
        return Stacks(
            records=Template.load(Path(folder) / "out" / records.template_file),
            flow=Template.load(Path(folder) / "out" / flow.template_file),
            deployment=deployment,
        )


def stub(folder: Path) -> Path:
    """A folder that stands for the functions: 38 MB need not be hashed to look at a template."""
    code = folder / "code"
    code.mkdir()
    (code / "stub.py").write_text("")
    return code
