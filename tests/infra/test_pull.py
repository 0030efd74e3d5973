"""The optional room: nothing of it unless a deployment asks for it, and then nothing more than it needs."""

import pytest

from infra.deployment import RefusedDeployment, read
from tests.infra.synth import CONTEXT, PULLING, Stacks
from tests.infra.template import Resource, text, texts

BLOCK = {**CONTEXT["deployments"]["trial"], "pull": PULLING.model_dump(mode="json")["pull"]}


@pytest.fixture
def pulling(all_stacks: dict[str, Stacks]) -> Stacks:
    return all_stacks[PULLING.name]


def function(stacks: Stacks) -> Resource:
    return stacks.flow.one("AWS::Lambda::Function", "PullFunction")


def test_without_the_block_there_is_no_trace_of_it(trial: Stacks, prod: Stacks) -> None:
    for stacks in (trial, prod):
        for template in (stacks.records, stacks.flow):
            assert not [one.name for one in template.resources() if "Pull" in one.name]
        assert [one.name for one in stacks.flow.of("AWS::Scheduler::Schedule")] == [
            "CompletenessSchedule",
            "OfficeSchedule",
        ]


def test_it_needs_no_icp_filing(pulling: Stacks) -> None:
    assert not pulling.deployment.icp
    assert function(pulling).properties["Handler"] == "functions.pull.handler.handle"


def test_it_runs_in_the_firms_network_with_the_firms_layer(pulling: Stacks) -> None:
    properties = function(pulling).properties
    (layer,) = texts(properties["Layers"])

    assert properties["VpcConfig"] == {
        "SubnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        "SecurityGroupIds": ["sg-0123456789abcdef0"],
    }
    assert layer == "arn:AWS::Partition:lambda:AWS::Region:AWS::AccountId:layer:wecom-finance:3"
    assert properties["Environment"]["Variables"]["SDK_EXECUTABLE"] == "/opt/bin/wecom-finance"


def test_lambda_has_the_network_rights_before_it_makes_the_function(pulling: Stacks) -> None:
    waits_for = [name[:-8] for name in function(pulling).attributes["DependsOn"]]

    assert "PullPermissions" in waits_for


def test_the_schedule_wakes_it_and_nobody_tries_a_failed_run_again(pulling: Stacks) -> None:
    schedule = pulling.flow.one("AWS::Scheduler::Schedule", "PullSchedule")
    asynchronous = pulling.flow.one("AWS::Lambda::EventInvokeConfig", "PullFunctionEventInvokeConfig")

    assert schedule.properties["ScheduleExpression"] == "rate(10 minutes)"
    assert schedule.properties["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert text(schedule.properties["Target"]["Arn"]) == "PullFunction"
    assert schedule.properties["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 0}
    assert asynchronous.properties["MaximumRetryAttempts"] == 0


def test_its_secret_is_under_our_key_and_stays_when_the_stack_goes(pulling: Stacks) -> None:
    secret = pulling.records.one("AWS::SecretsManager::Secret", "PullJson")

    assert text(secret.properties["KmsKeyId"]) == "StorageKey"
    assert secret.properties["SecretString"] == "{}"
    assert secret.attributes["DeletionPolicy"] == "Retain"


def test_twelve_hours_of_silence_and_three_days_of_refusals_alarm(pulling: Stacks) -> None:
    alarms = {one.properties.get("MetricName"): one.properties for one in pulling.flow.of("AWS::CloudWatch::Alarm")}
    silence, age = alarms["PullsDone"], alarms["PullAgeMinutes"]

    assert (silence["Period"] * silence["EvaluationPeriods"], silence["Threshold"]) == (12 * 3600, 1)
    assert silence["ComparisonOperator"] == "LessThanThreshold"
    assert silence["TreatMissingData"] == "breaching"
    assert (age["Threshold"], age["Statistic"]) == (72 * 60, "Maximum"), "an age is not added up over runs"
    assert {"PullGaps", "PullsRefused", "MessagesLeftSealed"} <= alarms.keys()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("corp_id", "ww 1"),
        ("schedule_minutes", 1),
        ("layer", "arn:aws-cn:lambda:cn-north-1:111122223333:layer:x:1"),
        ("subnet_ids", []),
        ("security_group_id", "default"),
        ("vpc", "vpc-1"),
    ],
)
def test_a_block_that_cannot_work_is_refused(key: str, value: object) -> None:
    block = {**BLOCK, "pull": {**BLOCK["pull"], key: value}}

    with pytest.raises(RefusedDeployment, match=rf"pull\.{key}"):
        read({"mine": block}, "mine")
