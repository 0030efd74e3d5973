"""What the emulator says about the API, functions, roles, rules, alarms and the wall, as CloudFormation spells it."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from local.deployed.compare import name_of
from local.deployed.storage import Client, Properties, answered, policy


def _capitalised(found: Mapping[str, Any]) -> Properties:
    """API Gateway's own spelling (`binaryMediaTypes`) as CloudFormation's (`BinaryMediaTypes`)."""
    return {key[0].upper() + key[1:]: value for key, value in found.items()}


def rest_api(client: Client, name: str, _wanted: Mapping[str, Any]) -> Properties:
    found = client("apigateway").get_rest_api(restApiId=name)
    endpoint = found.get("endpointConfiguration", {})
    return {
        **_capitalised(found),
        "EndpointConfiguration": {"Types": endpoint.get("types"), "VpcEndpointIds": endpoint.get("vpcEndpointIds")},
        "Policy": _api_policy(found.get("policy")),
    }


def _api_policy(text: str | None) -> Any:
    """API Gateway answers its policy as JSON with every quote escaped once more."""
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return json.loads(text.replace('\\"', '"'))


def resource(client: Client, name: str, wanted: Mapping[str, Any]) -> Properties:
    found = client("apigateway").get_resource(restApiId=wanted["RestApiId"], resourceId=name)
    return {"RestApiId": wanted["RestApiId"], "PathPart": found.get("pathPart"), "ParentId": found.get("parentId")}


def method(client: Client, _name: str, wanted: Mapping[str, Any]) -> Properties:
    where = {name: wanted[name[0].upper() + name[1:]] for name in ("restApiId", "resourceId", "httpMethod")}
    found = client("apigateway").get_method(**where)
    integration = found.get("methodIntegration", {})
    return {
        **_capitalised(found),
        **{key: wanted[key] for key in ("RestApiId", "ResourceId")},
        "Integration": {**_capitalised(integration), "IntegrationHttpMethod": integration.get("httpMethod")},
    }


def deployment(client: Client, name: str, wanted: Mapping[str, Any]) -> Properties:
    found = client("apigateway").get_deployment(restApiId=wanted["RestApiId"], deploymentId=name)
    return {"RestApiId": wanted["RestApiId"], "Description": found.get("description")}


def stage(client: Client, name: str, wanted: Mapping[str, Any]) -> Properties:
    found = client("apigateway").get_stage(restApiId=wanted["RestApiId"], stageName=name)
    log = found.get("accessLogSettings") or {}
    return {
        **_capitalised(found),
        "RestApiId": wanted["RestApiId"],
        "TracingEnabled": found.get("tracingEnabled", False),
        "AccessLogSetting": {"DestinationArn": log.get("destinationArn"), "Format": log.get("format")},
        "MethodSettings": [
            _method_settings(path, settings) for path, settings in found.get("methodSettings", {}).items()
        ],
    }


def _method_settings(path: str, settings: Mapping[str, Any]) -> Properties:
    where, _, verb = path.rpartition("/")
    return {**_capitalised(settings), "HttpMethod": verb, "ResourcePath": "/*" if where == "*" else where}


def gateway_response(client: Client, _name: str, wanted: Mapping[str, Any]) -> Properties:
    where = {"restApiId": wanted["RestApiId"], "responseType": wanted["ResponseType"]}
    found = client("apigateway").get_gateway_response(**where)
    return {
        "RestApiId": wanted["RestApiId"],
        "ResponseType": found["responseType"],
        "ResponseTemplates": found.get("responseTemplates"),
    }


def api_account(client: Client, _name: str, _wanted: Mapping[str, Any]) -> Properties:
    return {"CloudWatchRoleArn": client("apigateway").get_account().get("cloudwatchRoleArn")}


def function(client: Client, name: str, wanted: Mapping[str, Any]) -> Properties:
    found = client("lambda").get_function(FunctionName=name)
    reserved = found.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    code = wanted["Code"] if found["Configuration"]["CodeSize"] else None
    return {**found["Configuration"], "Code": code, "ReservedConcurrentExecutions": reserved}


def permission(client: Client, _name: str, wanted: Mapping[str, Any]) -> Properties:
    text = answered(lambda: client("lambda").get_policy(FunctionName=name_of(wanted["FunctionName"])), "Policy")
    for statement in (policy(text) or {}).get("Statement", []):
        principal = statement["Principal"]
        service = principal.get("Service") if isinstance(principal, dict) else principal
        if statement["Action"] == wanted["Action"] and service == wanted["Principal"]:
            source = next(iter(statement.get("Condition", {}).get("ArnLike", {}).values()), None)
            return {**wanted, "SourceArn": source}
    return {}


def event_source(client: Client, name: str, _wanted: Mapping[str, Any]) -> Properties:
    found: Properties = client("lambda").get_event_source_mapping(UUID=name)
    return {**found, "FunctionName": found["FunctionArn"].rpartition(":")[2]}


def role(client: Client, name: str, _wanted: Mapping[str, Any]) -> Properties:
    iam = client("iam")
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    found = iam.get_role(RoleName=name)["Role"]
    return {**found, "ManagedPolicyArns": [each["PolicyArn"] for each in attached]}


def role_policy(client: Client, _name: str, wanted: Mapping[str, Any]) -> Properties:
    where = {"RoleName": wanted["Roles"][0], "PolicyName": wanted["PolicyName"]}
    document = client("iam").get_role_policy(**where)["PolicyDocument"]
    found = policy(unquote(document)) if isinstance(document, str) else document
    return {"Roles": wanted["Roles"], "PolicyName": wanted["PolicyName"], "PolicyDocument": found}


def rule(client: Client, name: str, _wanted: Mapping[str, Any]) -> Properties:
    events, it = client("events"), name.rpartition("|")[2]
    found = events.describe_rule(Name=it)
    return {
        "Description": found.get("Description"),
        "EventPattern": policy(found.get("EventPattern")),
        "State": found["State"],
        "Targets": events.list_targets_by_rule(Rule=it)["Targets"],
    }


def schedule(client: Client, name: str, _wanted: Mapping[str, Any]) -> Properties:
    found: Properties = client("scheduler").get_schedule(Name=name.rpartition("/")[2].rpartition("|")[2])
    return found


def event_invoke(client: Client, _name: str, wanted: Mapping[str, Any]) -> Properties:
    where = {name: wanted[name] for name in ("FunctionName", "Qualifier")}
    found = client("lambda").get_function_event_invoke_config(**where)
    return {**found, **where}


def alarm(client: Client, name: str, _wanted: Mapping[str, Any]) -> Properties:
    (found,) = client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return dict(found)


def web_acl(client: Client, name: str, wanted: Mapping[str, Any]) -> Properties:
    title, identity, scope = name.split("|")
    found = client("wafv2").get_web_acl(Name=title, Id=identity, Scope=scope)["WebACL"]
    return {**found, "Scope": wanted["Scope"] if scope == wanted["Scope"] else scope}


def web_acl_association(client: Client, name: str, _wanted: Mapping[str, Any]) -> Properties:
    acl, _, stage_arn = name.partition("|")
    found = answered(lambda: client("wafv2").get_web_acl_for_resource(ResourceArn=stage_arn), "WebACL") or {}
    return {"WebACLArn": found.get("ARN") or acl if found else None, "ResourceArn": stage_arn if found else None}
