"""`fengcun policy explain`: every decision of a record with what its rule cites."""

import json
from typing import Any

import pytest

from functions.law.rulebook import citations
from reader.cli import main
from reader.explain import cite, explain, explained
from tests.archive import Archive, receipts
from tests.make import body_of, make_event, make_post
from tests.reader.standin import Standin
from tests.reader.test_show import RECORD, answer


def decision(rule: str, version: str, **result: Any) -> dict[str, Any]:
    return {"about": "scope", "rule": rule, "version": version, "result": result}


def told(*decisions: dict[str, Any]) -> dict[str, Any]:
    return answer(decisions=list(decisions))


def shipped_version(rule: str) -> str:
    return citations()[rule].version


def test_a_decision_is_laid_out_with_the_citation_of_its_rule() -> None:
    page = explain(told(decision("scope.nobody", shipped_version("scope.nobody"), kept=False, reason="nobody")))

    assert page.splitlines()[:4] == [
        f"record {RECORD}",
        "",
        'scope     scope.nobody version 1: kept false, reason "nobody"',
        f"  scope.nobody: {citations()['scope.nobody'].citation}",
    ]
    assert "    CN, prc_law, read 2026-11-26, functions/law/rules/scope.toml" in page


def test_every_rule_that_a_result_names_is_cited_once() -> None:
    reasons = [{"rule": "cn.sec.137", "until": "2046-12-01"}, {"rule": "cn.csl.23"}, {"rule": "cn.sec.137"}]
    page = explain(
        told(decision("cn.sec.137", shipped_version("cn.sec.137"), reasons=reasons, by={"rule": "cn.dsl.36"}))
    )

    assert [line.split(":")[0].strip() for line in page.splitlines() if line.startswith("  cn.")] == [
        "cn.sec.137",
        "cn.csl.23",
        "cn.dsl.36",
    ]


def test_a_version_that_is_not_shipped_any_more_says_so_and_what_the_shipped_one_cites() -> None:
    page = explain(told(decision("cn.sec.137", "0")))

    assert citations()["cn.sec.137"].citation in page
    assert f"    version 0 decided and is not shipped any more; this is version {shipped_version('cn.sec.137')}" in page


@pytest.mark.parametrize(
    ("rule", "note"),
    [
        ("cn.gone.1", "no rule file of this release has this rule"),
        ("policy.floor", "the deployment's retention_floor_days in cdk.json"),
        ("policy.tiers.default", "the deployment's policy decided: tiers.default"),
        ("identifiers", "a rule set of this software (functions/classify), not of a law"),
    ],
)
def test_what_no_rule_file_has_is_said_to_have_none(rule: str, note: str) -> None:
    assert f"  {rule}: {note}" in explain(told(decision(rule, "1")))
    assert cite(rule, "1") == {"rule": rule, "citation": None, "note": note}


def test_a_version_may_name_the_policy_too() -> None:
    assert "note" not in cite("cn.dsl.36", f"{shipped_version('cn.dsl.36')}+0123456789abcdef")


def test_for_a_program_each_decision_carries_its_citations() -> None:
    [one] = explained(told(decision("cn.dsl.36", shipped_version("cn.dsl.36"))))["decisions"]

    [cited] = one["citations"]
    assert cited["citation"].startswith("Data Security Law of the PRC (2021), art. 36")
    assert "note" not in cited


def test_every_decision_that_the_archive_room_writes_can_be_explained() -> None:  # G10
    archive = Archive()
    [receipt] = receipts(archive.post(make_post(body_of(make_event("身份证 110101199003070038")))))
    archive.run()

    decisions = explained(archive.read(receipt["record_id"]))["decisions"]

    assert [one["about"] for one in decisions] == ["scope", "classify", "secrecy", "tier", "consent", "retention"]
    for one in decisions:
        for cited in one["citations"]:
            assert cited["citation"] or cited["note"] != "no rule file of this release has this rule", cited["rule"]
            assert "not shipped any more" not in cited.get("note", "")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command_reads_the_record_and_explains_it(archive: Standin, capsys: Any, options: list[str]) -> None:
    archive.answers[f"/v1/records/{RECORD}"] = (200, json.dumps(told(decision("scope.custodian", "1"))))

    assert main(["policy", "explain", RECORD, *options]) == 0

    said = capsys.readouterr().out
    assert citations()["scope.custodian"].citation in said
    assert said.startswith("{" if options else "record ")
