"""The room that looks for what is missing: its clock, its alarms, and what each tells a person to do."""

from typing import Any

import pytest

from tests.infra.synth import Stacks
from tests.infra.template import text


def alarms(stacks: Stacks, metric: str) -> list[dict[str, Any]]:
    return [
        dict(one.properties)
        for one in stacks.flow.of("AWS::CloudWatch::Alarm")
        if one.properties.get("MetricName") == metric
    ]


@pytest.mark.parametrize(("room", "rate"), [("Completeness", "1 hour"), ("Office", "15 minutes")])
def test_a_clock_wakes_it_in_time_and_a_turn_that_fails_is_not_tried_again(
    stacks: Stacks, room: str, rate: str
) -> None:
    schedule = stacks.flow.one("AWS::Scheduler::Schedule", f"{room}Schedule").properties

    assert schedule["ScheduleExpression"] == f"rate({rate})"
    assert text(schedule["Target"]["Arn"]) == f"{room}Function"
    assert schedule["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 0}


def test_duties_to_tell_of_incidents_ring_and_so_does_a_clock_that_does_not_look(stacks: Stacks) -> None:
    for name in ("IncidentDutiesDueSoon", "IncidentDutiesOverdue"):
        (alarm,) = alarms(stacks, name)
        assert (alarm["Threshold"], alarm["Statistic"], alarm["Period"]) == (1, "Maximum", 300)
        assert "fengcun incidents" in alarm["AlarmDescription"]
        assert alarm["AlarmActions"]
    (silent,) = alarms(stacks, "IncidentsLookedAfter")
    assert (silent["TreatMissingData"], silent["EvaluationPeriods"], silent["Period"]) == ("breaching", 1, 3600)


def test_it_knows_the_corp_where_there_is_a_pull_room(all_stacks: dict[str, Stacks]) -> None:
    corps = {
        name: stacks.flow.one("AWS::Lambda::Function", "CompletenessFunction").properties["Environment"]["Variables"]
        for name, stacks in all_stacks.items()
    }

    assert {name: one["CORP_ID"] for name, one in corps.items() if one["CORP_ID"]} == {"pulling": "ww0123456789abcdef"}


def test_overdue_messages_alarm_at_twelve_hours_and_at_three_days(stacks: Stacks) -> None:
    found = alarms(stacks, "ChatArchiveOverdueHours")

    assert sorted(one["Threshold"] for one in found) == [12, 72]
    assert {one["Statistic"] for one in found} == {"Maximum"}


def test_one_gap_and_one_silent_custodian_alarm(stacks: Stacks) -> None:
    for name in ("SequenceGaps", "CustodiansSilent"):
        (alarm,) = alarms(stacks, name)
        assert alarm["Threshold"] == 1
        assert "fengcun completeness" in alarm["AlarmDescription"]


def test_a_report_that_is_not_there_is_missed_two_hours_after_it_was_due(stacks: Stacks) -> None:
    (alarm,) = alarms(stacks, "ReportsCurrent")

    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 2 * 3600
