"""Ask the emulator about every resource of a deployed stack, and compare with the template it was made from."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from local.deployed import flow, storage
from local.deployed.compare import Dropped, compare, resolve
from local.deployed.storage import Client, Properties

Look = Callable[[Client, str, Mapping[str, Any]], Properties]
"""(clients, physical id, wanted properties) → what the emulator reports, in CloudFormation's spelling."""

LOOKS: dict[str, Look] = {
    "AWS::S3::Bucket": storage.bucket,
    "AWS::S3::BucketPolicy": storage.bucket_policy,
    "AWS::DynamoDB::Table": storage.table,
    "AWS::KMS::Key": storage.key,
    "AWS::SecretsManager::Secret": storage.secret,
    "AWS::SQS::Queue": storage.queue,
    "AWS::SQS::QueuePolicy": storage.queue_policy,
    "AWS::SNS::TopicPolicy": storage.topic_policy,
    "AWS::Logs::LogGroup": storage.log_group,
    "AWS::ApiGateway::Account": flow.api_account,
    "AWS::ApiGateway::RestApi": flow.rest_api,
    "AWS::ApiGateway::Resource": flow.resource,
    "AWS::ApiGateway::Method": flow.method,
    "AWS::ApiGateway::Deployment": flow.deployment,
    "AWS::ApiGateway::Stage": flow.stage,
    "AWS::ApiGateway::GatewayResponse": flow.gateway_response,
    "AWS::Lambda::Function": flow.function,
    "AWS::Lambda::Permission": flow.permission,
    "AWS::Lambda::EventSourceMapping": flow.event_source,
    "AWS::IAM::Role": flow.role,
    "AWS::IAM::Policy": flow.role_policy,
    "AWS::Events::Rule": flow.rule,
    "AWS::Scheduler::Schedule": flow.schedule,
    "AWS::Lambda::EventInvokeConfig": flow.event_invoke,
    "AWS::CloudWatch::Alarm": flow.alarm,
    "AWS::WAFv2::WebACL": flow.web_acl,
    "AWS::WAFv2::WebACLAssociation": flow.web_acl_association,
}


def dropped(client: Client, stack: str, template: Mapping[str, Any]) -> list[Dropped]:
    """Every property of the stack's template that the emulator does not report back."""
    pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    summaries = [each for page in pages for each in page["StackResourceSummaries"]]
    physical_ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in summaries}
    exports = client("cloudformation").get_paginator("list_exports").paginate()
    physical_ids |= {each["Name"]: each["Value"] for page in exports for each in page["Exports"]}
    found = {
        name: _look(client, physical_ids[name], resource["Type"], resolve(resource["Properties"], physical_ids))
        for name, resource in template["Resources"].items()
        if name in physical_ids and resource["Type"] in LOOKS and "Properties" in resource
    }
    return compare(template, physical_ids, found)


def _look(client: Client, physical_id: str, resource_type: str, wanted: Mapping[str, Any]) -> Properties:
    """What is there; nothing when the emulator does not know the resource it was asked to make."""
    try:
        return LOOKS[resource_type](client, physical_id, wanted)
    except ClientError:
        return {}
