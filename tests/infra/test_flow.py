"""What the Flow template promises of everything that runs."""

import importlib
import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from functions.runtime import count
from functions.settings import RoomSettings
from infra.app import ROOT
from infra.constructs.alarms import NAMESPACE
from infra.constructs.room_function import Room
from infra.flow_stack import EVIDENCE
from tests.infra.synth import Stacks
from tests.infra.template import Resource, Template, text, texts

ROOMS = {
    "Intake",
    "Archive",
    "Sealer",
    "Indexer",
    "Retrieval",
    "Completeness",
    "Office",
    "Custodian",
    "Disposer",
    "Eraser",
    "Measurer",
}


ORDERS = {f"{name}{end}" for name in ("Border", "Custody", "Disposition", "Erasure") for end in ("", "Failed")}


def functions(stacks: Stacks) -> list[Resource]:
    return stacks.flow.of("AWS::Lambda::Function")


def test_there_is_one_function_per_room(stacks: Stacks) -> None:
    optional = {"Pull"} if stacks.deployment.pull else set()

    assert {function.name.removesuffix("Function") for function in functions(stacks)} == ROOMS | optional


def test_every_function_runs_the_handler_its_settings_belong_to(stacks: Stacks) -> None:
    for function in functions(stacks):
        module, _, name = function.properties["Handler"].rpartition(".")
        handler = importlib.import_module(module)

        assert callable(getattr(handler, name))
        assert function.properties["Environment"]["Variables"].keys() == handler.Settings.variables()


def test_every_settings_value_is_one_the_room_accepts(stacks: Stacks) -> None:
    for function in functions(stacks):
        settings = importlib.import_module(function.properties["Handler"].rpartition(".")[0]).Settings
        variables = function.properties["Environment"]["Variables"]

        assert settings.model_validate({name.lower(): text(value) for name, value in variables.items()})


def test_a_room_whose_settings_and_environment_differ_does_not_synthesise() -> None:
    class Settings(RoomSettings):
        vault_bucket: str
        key: str

    room = Room(handle=print, settings=Settings, memory_mb=128, timeout_seconds=1)

    with pytest.raises(ValueError, match=r"missing \['KEY'\], unknown \['KEYS'\]"):
        room.environment({"vault_bucket": "v", "keys": "k"})


def test_every_function_logs_json_into_a_log_that_is_kept_a_year(stacks: Stacks) -> None:
    kept = {group.name: group.properties["RetentionInDays"] for group in stacks.flow.of("AWS::Logs::LogGroup")}

    assert set(kept.values()) == {365}
    for function in functions(stacks):
        logging = function.properties["LoggingConfig"]
        assert logging["LogFormat"] == "JSON"
        assert text(logging["LogGroup"]) in kept


def test_no_function_traces_and_all_run_the_same_python(stacks: Stacks) -> None:
    for function in functions(stacks):
        assert "TracingConfig" not in function.properties
        assert function.properties["Runtime"] == "python3.13"
        assert function.properties["Architectures"] == ["x86_64"]


def all_queues(stacks: Stacks) -> list[Resource]:
    return [*stacks.records.of("AWS::SQS::Queue"), *stacks.flow.of("AWS::SQS::Queue")]


def test_what_has_been_acknowledged_outlives_what_runs(stacks: Stacks) -> None:  # G1
    assert {queue.name for queue in stacks.records.of("AWS::SQS::Queue")} == {"Capture", "CaptureFailed", *ORDERS}


def test_every_queue_is_encrypted_kept_and_either_has_a_failure_queue_or_is_one(stacks: Stacks) -> None:
    queues = {queue.name: queue for queue in all_queues(stacks)}
    failures = {
        text(queue.properties["RedrivePolicy"]["deadLetterTargetArn"])
        for queue in queues.values()
        if "RedrivePolicy" in queue.properties
    }

    assert set(queues) == {
        *("Capture", "CaptureFailed", "Media", "MediaFailed", "Index", "IndexFailed"),
        *("SegmentArrivedFailed", "UploadArrivedFailed"),
        *ORDERS,
    }
    for name, queue in queues.items():
        assert queue.properties["SqsManagedSseEnabled"] is True
        assert queue.attributes["DeletionPolicy"] == "Retain", "a queue may hold captures we answered for"
        assert name.endswith("Failed") != ("RedrivePolicy" in queue.properties)
    assert failures == {
        "CaptureFailed",
        "MediaFailed",
        "IndexFailed",
        "BorderFailed",
        "CustodyFailed",
        "DispositionFailed",
        "ErasureFailed",
    }


def test_every_queue_has_an_alarm(stacks: Stacks) -> None:
    watched = {
        text(dimension["Value"])
        for alarm in stacks.flow.of("AWS::CloudWatch::Alarm")
        for dimension in alarm.properties.get("Dimensions", [])
        if dimension["Name"] == "QueueName"
    }

    assert watched == {queue.name for queue in all_queues(stacks)}


def test_every_alarm_reaches_the_topic_and_says_what_happened(stacks: Stacks) -> None:
    for alarm in stacks.flow.of("AWS::CloudWatch::Alarm"):
        assert texts(alarm.properties["AlarmActions"]) == ["AlarmsTopic"], alarm.name
        assert len(alarm.properties["AlarmDescription"]) > 20
        silence = alarm.name.startswith("AlarmsNo")
        assert alarm.properties["TreatMissingData"] == ("breaching" if silence else "notBreaching")


@pytest.mark.parametrize("name", sorted(EVIDENCE))
def test_every_count_that_is_watched_is_one_that_a_handler_makes(name: str) -> None:
    handlers = "".join(path.read_text(encoding="utf-8") for path in Path(ROOT).glob("functions/*/handler.py"))

    assert name in handlers


def test_counts_are_watched_under_the_name_they_are_made_with(stacks: Stacks) -> None:
    (archive_id,) = {
        one.properties["Environment"]["Variables"]["ARCHIVE_ID"] for one in stacks.flow.of("AWS::Lambda::Function")
    }
    (watched,) = [
        one.properties["Dimensions"]
        for one in stacks.flow.of("AWS::CloudWatch::Alarm")
        if one.properties.get("MetricName") == "DeliveriesTampered"
    ]
    out = io.StringIO()
    with redirect_stdout(out):
        count(archive_id, DeliveriesTampered=1)
    line: dict[str, Any] = json.loads(out.getvalue())
    (metrics,) = line["_aws"]["CloudWatchMetrics"]

    assert metrics["Namespace"] == NAMESPACE
    assert [{"Name": name, "Value": line[name]} for name in metrics["Dimensions"][0]] == watched


@pytest.mark.parametrize(
    ("queue", "batch", "window", "concurrency"),
    [("Capture", 200, 5, 10), ("Media", 1, 0, 10), ("Index", 10, 1, 10), ("Custody", 1, 0, 2)],
)
def test_queues_wake_rooms_in_batches_whose_failures_the_room_names(
    stacks: Stacks, queue: str, batch: int, window: int, concurrency: int
) -> None:
    (mapping,) = [
        one.properties
        for one in stacks.flow.of("AWS::Lambda::EventSourceMapping")
        if text(one.properties["EventSourceArn"]) == queue
    ]

    assert mapping["BatchSize"] == batch
    assert mapping["MaximumBatchingWindowInSeconds"] == window
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": concurrency}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_message_stays_hidden_for_six_times_the_longest_try_and_is_tried_five_times(stacks: Stacks) -> None:
    timeouts = {function.name: function.properties["Timeout"] for function in functions(stacks)}

    for queue, room in {"Capture": "Archive", "Media": "Sealer", "Index": "Indexer", "Custody": "Custodian"}.items():
        (properties,) = (one.properties for one in all_queues(stacks) if one.name == queue)
        assert properties["VisibilityTimeout"] == 6 * timeouts[f"{room}Function"]
        assert properties["RedrivePolicy"]["maxReceiveCount"] == 100


@pytest.mark.parametrize(
    ("rule", "bucket", "prefix", "queue"),
    [("SegmentArrived", "Vault", "segments/", "Index"), ("UploadArrived", "Intake", "uploads/", "Media")],
)
def test_arrivals_and_nothing_else_wake_the_room_they_are_for(
    stacks: Stacks, rule: str, bucket: str, prefix: str, queue: str
) -> None:
    properties = stacks.flow.one("AWS::Events::Rule", rule).properties
    (target,) = properties["Targets"]
    pattern = properties["EventPattern"]

    assert {one.name for one in stacks.flow.of("AWS::Events::Rule")} == {"SegmentArrived", "UploadArrived"}
    assert pattern["source"] == ["aws.s3"]
    assert pattern["detail-type"] == ["Object Created"]
    assert texts(pattern["detail"]["bucket"]["name"]) == [bucket]
    assert pattern["detail"]["object"]["key"] == [{"prefix": prefix}]
    assert text(target["Arn"]) == queue
    assert text(target["DeadLetterConfig"]["Arn"]) == f"{rule}Failed"


@pytest.fixture(params=["records", "flow"])
def template(request: pytest.FixtureRequest, stacks: Stacks) -> Template:
    found: Template = getattr(stacks, request.param)
    return found


def test_no_template_names_a_partition_or_gives_a_physical_name(template: Template) -> None:
    named = {
        name
        for resource in template.resources()
        if (name := f"{resource.type.rpartition('::')[2]}Name") in resource.properties
    }

    assert "arn:aws" not in json.dumps(template.body)
    assert named <= {"StageName", "PolicyName"}, "the one is part of the URL, the other lives inside its role"


def test_no_template_has_a_custom_resource(template: Template) -> None:
    kinds = {resource.type for resource in template.resources()}

    assert not {kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::"))}
