"""The gates: what passes them, what they stop, and that nothing is excused which they do not find."""

import json
from pathlib import Path

import pytest

from infra.acknowledged import claims
from infra.app import add_stacks
from infra.gates import add_gates
from tests.infra.synth import CONTEXT, DEPLOYMENTS, stub

# After infra, which chooses the node that aws_cdk starts.
# isort: split
import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway, aws_cognito as cognito, aws_lambda as lambda_

BEIJING = cdk.Environment(region="cn-north-1")


def report(folder: Path) -> dict[str, set[str]]:
    """Construct path to the findings that stopped synth there."""
    found: dict[str, set[str]] = {}
    for plugin in json.loads((folder / "validation-report.json").read_text(encoding="utf-8"))["pluginReports"]:
        for violation in plugin["violations"]:
            for construct in violation["violatingConstructs"]:
                where = construct.get("constructPath", "?").removesuffix("/Resource")
                found.setdefault(where, set()).add(violation["ruleName"])
    return found


def test_what_is_acknowledged_is_exactly_what_the_gates_find(tmp_path: Path) -> None:
    app = cdk.App(context=CONTEXT, outdir=str(tmp_path / "out"))
    code = stub(tmp_path)
    stacks = [add_stacks(app, deployment, code) for deployment in DEPLOYMENTS]
    add_gates(app)
    with pytest.raises(RuntimeError, match="ValidationFailed: "):
        app.synth()
    excused: dict[str, set[str]] = {}
    for records, flow in stacks:
        for claim in claims(records, flow):
            excused.setdefault(claim.where.node.path, set()).add(claim.finding)

    assert report(tmp_path / "out") == excused


def test_what_china_does_not_have_is_stopped(tmp_path: Path) -> None:
    app = cdk.App(context=CONTEXT, outdir=str(tmp_path))
    build_what_china_does_not_have(cdk.Stack(app, "Elsewhere", env=BEIJING))
    add_gates(app)
    with pytest.raises(RuntimeError, match="ValidationFailed: "):
        app.synth()
    found = set[str]().union(*report(tmp_path).values())

    for rule in (
        "CN_LAMBDA_DOES_NOT_TRACE",
        "CN_LAMBDA_HAS_NO_SNAPSTART",
        "CN_STAGES_DO_NOT_TRACE",
        "CN_APIS_ARE_NOT_EDGE_OPTIMISED",
        "CN_NO_FUNCTION_URLS",
        "CN_NO_COGNITO_USER_POOLS",
        "CN_NO_AUTHORIZERS",
        "CN_NO_CUSTOM_RESOURCES",
        "F3006",  # CDK's own: no such resource type in that region
    ):
        assert [name for name in found if rule in name], (rule, sorted(found))


def build_what_china_does_not_have(stack: cdk.Stack) -> None:
    function = lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="x.y",
        code=lambda_.Code.from_inline("def y(event, context): ..."),
        tracing=lambda_.Tracing.ACTIVE,
        snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS,
    )
    function.add_function_url()
    authorizer = apigateway.TokenAuthorizer(stack, "Authorizer", handler=function)
    api = apigateway.RestApi(stack, "Api", deploy_options=apigateway.StageOptions(tracing_enabled=True))
    api.root.add_method("GET", authorizer=authorizer)
    cognito.UserPool(stack, "People")
    cdk.CustomResource(stack, "Custom", service_token=function.function_arn, resource_type="Custom::Anything")
