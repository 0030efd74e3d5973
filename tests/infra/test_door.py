"""The door: which paths exist, who may knock, what is written down about it."""

import json
import re

from infra.deployment import Deployment
from tests.infra.iam import denials
from tests.infra.synth import DEPLOYMENTS, Stacks, synthesise_one
from tests.infra.template import Resource, statements, text, texts

READING = {
    "GET /records/{record_id}",
    "GET /receipts/{gateway}/{event_id}",
    "GET /media/{sha256}",
    "GET /memberships",
    "GET /exceptions/{flag}",
    "GET /reports/completeness",
}
DECIDING = {
    "GET /acts",
    "GET /acts/{kind}/{act}",
    "GET /border/scopes/{act}",
    "GET /border/years/{year}",
    "POST /acts/{kind}",
    "POST /acts/{kind}/{act}/approval",
    "GET /incidents",
    "GET /suspects",
    "GET /suspects/{record_id}",
}
GATEWAYS = {"POST /captures", "POST /media"}
WECHAT = {
    f"{method} {path}"
    for method in ("GET", "POST")
    for path in ("/wecom/{endpoint}", "/wechat/{endpoint}", "/wechat/{endpoint}/{appid}")
}
TRIAL = next(deployment for deployment in DEPLOYMENTS if deployment.name == "trial")


def routes(stacks: Stacks) -> dict[str, str]:
    """`GET /records/{record_id}` to AWS_IAM or NONE."""
    parents = {resource.name: resource for resource in stacks.flow.of("AWS::ApiGateway::Resource")}

    def path(name: str) -> str:
        if name not in parents:
            return ""
        part = parents[name].properties
        return f"{path(text(part['ParentId']))}/{part['PathPart']}"

    return {
        f"{method.properties['HttpMethod']} {path(text(method.properties['ResourceId']))}": method.properties[
            "AuthorizationType"
        ]
        for method in stacks.flow.of("AWS::ApiGateway::Method")
    }


def api(stacks: Stacks) -> Resource:
    (found,) = stacks.flow.of("AWS::ApiGateway::RestApi")
    return found


def test_without_an_icp_filing_every_route_is_signed_and_wechat_has_none(trial: Stacks) -> None:
    assert routes(trial) == dict.fromkeys({*READING, *DECIDING, *GATEWAYS}, "AWS_IAM")


def test_with_an_icp_filing_webhooks_are_open_and_reading_and_deciding_stay_signed(prod: Stacks) -> None:
    opened = dict.fromkeys({*WECHAT, *GATEWAYS}, "NONE")

    assert routes(prod) == {**opened, **dict.fromkeys({*READING, *DECIDING}, "AWS_IAM")}


def test_the_api_is_regional(stacks: Stacks) -> None:
    assert api(stacks).properties["EndpointConfiguration"] == {"Types": ["REGIONAL"]}


def test_the_resource_policy_opens_exactly_what_is_not_signed(stacks: Stacks) -> None:
    unsigned = {route.removesuffix("/{appid}") for route, kind in routes(stacks).items() if kind == "NONE"}
    opened = {
        resource.removeprefix("execute-api:/v1/").replace("/", " /", 1).replace("*", "{endpoint}")
        for statement in statements(api(stacks).properties["Policy"])
        if statement["Effect"] == "Allow"
        for resource in texts(statement["Resource"])
    }

    assert opened == unsigned


def test_callers_of_other_accounts_are_refused_on_every_signed_route(stacks: Stacks) -> None:
    policy = api(stacks).properties["Policy"]
    for route in (route for route, kind in routes(stacks).items() if kind == "AWS_IAM"):
        method, path = re.sub(r"{\w+}", "x", route).split()
        resource = f"execute-api:/v1/{method}{path}"
        stranger = {"aws:PrincipalAccount": "999999999999"}

        assert denials(policy, action="execute-api:Invoke", resource=resource, context=stranger)
        assert denials(policy, action="execute-api:Invoke", resource=resource, context={})
        ours = {"aws:PrincipalAccount": "AWS::AccountId"}
        assert not denials(policy, action="execute-api:Invoke", resource=resource, context=ours)


def test_a_private_api_answers_the_named_endpoints_only() -> None:
    private = Deployment.model_validate({**TRIAL.model_dump(), "vpc_endpoints": ["vpce-0123456789abcdef0"]})
    found = api(synthesise_one(private)).properties

    assert found["EndpointConfiguration"] == {"Types": ["PRIVATE"]}
    for endpoint, refused in (("vpce-0123456789abcdef0", False), ("vpce-00000000000000000", True)):
        knock = {"aws:PrincipalAccount": "AWS::AccountId", "aws:SourceVpce": endpoint}
        assert refused == bool(
            denials(found["Policy"], action="execute-api:Invoke", resource="execute-api:/v1/GET/x", context=knock)
        )


def test_the_access_log_is_json_without_bodies_paths_or_headers(stacks: Stacks) -> None:
    (stage,) = stacks.flow.of("AWS::ApiGateway::Stage")
    line = json.loads(stage.properties["AccessLogSetting"]["Format"])

    assert set(line.values()) == {
        "$context.requestId",
        "$context.requestTime",
        "$context.httpMethod",
        "$context.resourcePath",
        "$context.status",
        "$context.error.responseType",
        "$context.identity.userArn",
        "$context.identity.sourceIp",
        "$context.identity.userAgent",
        "$context.responseLength",
        "$context.responseLatency",
    }


def test_the_stage_throttles_and_writes_no_execution_log_and_no_trace(stacks: Stacks) -> None:
    (stage,) = stacks.flow.of("AWS::ApiGateway::Stage")
    (method,) = stage.properties["MethodSettings"]

    assert (method["HttpMethod"], method["ResourcePath"]) == ("*", "/*")
    assert (method["ThrottlingRateLimit"], method["ThrottlingBurstLimit"]) == (500, 1000)
    assert (method["LoggingLevel"], method["DataTraceEnabled"]) == ("OFF", False)
    assert not stage.properties.get("TracingEnabled", False)
    assert stage.properties["StageName"] == "v1"


def test_the_firewall_counts_requests_and_never_looks_into_bodies(stacks: Stacks) -> None:
    (wall,) = stacks.flow.of("AWS::WAFv2::WebACL")
    (association,) = stacks.flow.of("AWS::WAFv2::WebACLAssociation")

    assert wall.properties["Scope"] == "REGIONAL"
    assert [list(rule["Statement"]) for rule in wall.properties["Rules"]] == [["RateBasedStatement"]]
    assert text(association.properties["WebACLArn"]) == wall.name


def test_refusals_of_the_gateway_itself_are_problem_json(stacks: Stacks) -> None:
    for response in stacks.flow.of("AWS::ApiGateway::GatewayResponse"):
        (template,) = response.properties["ResponseTemplates"].items()
        assert template[0] == "application/problem+json"
        assert json.loads(template[1].replace("$context.error.messageString", '"x"'))["detail"] == "x"


def test_an_address_given_hears_the_alarms_and_none_is_asked_for(trial: Stacks) -> None:
    heard = Deployment.model_validate({**TRIAL.model_dump(), "alarm_email": "duty@example.com"})
    (subscription,) = synthesise_one(heard).flow.of("AWS::SNS::Subscription")

    assert subscription.properties["Endpoint"] == "duty@example.com"
    assert trial.flow.of("AWS::SNS::Subscription") == []
