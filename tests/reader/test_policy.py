"""`fengcun policy diff`: what another policy would decide about records that are there."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import given, strategies as st

from functions.capture.tokens import IndexKey, Names
from functions.classify.lexicon import load
from functions.law.consent import Bases
from functions.law.policy import Policy, deployed, parse_policy, profile
from functions.law.scope import Roll, Term
from reader.cli import main
from reader.errors import Misused, NoAnswer, Refused
from reader.policy import Change, compare, describe, read_policy, record_ids
from reader.redecide import Bench, redecide, roll_of
from tests.archive import Archive, receipts
from tests.make import INDEX_SECRET, NOW, body_of, make_event, make_post
from tests.reader.standin import Standin

DAY = timedelta(days=1)
GENERAL = deployed()
KEEPING = replace(GENERAL, retention=replace(GENERAL.retention, regimes=("cn.sec.137",)))
"""For longer than any floor."""
STRICT = parse_policy(profile("foreign-bank-branch"), name="strict")
KEY = IndexKey(INDEX_SECRET)
CUSTOMER = KEY.token("participant", "account-2")
ANN = Term(
    token=KEY.token("participant", "account-1"),
    valid_from=datetime(2020, 1, 1, tzinfo=UTC),
    valid_until=None,
    regimes=frozenset(),
)
LEXICONS = load()
IDS = ["ab" * 24, "cd" * 24]


def asking(law: Policy) -> Policy:
    """Where the other side's ground is their consent."""
    return replace(law, consent=replace(law.consent, other=Bases(general="consent", sensitive="consent")))


def recorded(text: str = "您好", *, law: Policy = KEEPING) -> dict[str, Any]:
    """The answer about a record that the archive has."""
    archive = Archive(law=law, regimes=frozenset(law.retention.regimes))
    [receipt] = receipts(archive.post(make_post(body_of(make_event(text)))))
    archive.run()
    told: dict[str, Any] = json.loads(json.dumps(archive.read(receipt["record_id"])))
    return told


def again(told: dict[str, Any], law: Policy, *, roll: Roll | None = None, asked: Policy = KEEPING) -> dict[str, str]:
    bench = Bench(roll=roll or Roll(()), names=Names(KEY), lexicons=LEXICONS)
    return redecide(told, law, asked=asked.consent, bench=bench)


@pytest.mark.parametrize("text", ["您好", "身份证 110101199003070038", "电话 13800138000"])
def test_a_record_decided_again_under_the_same_policy_is_decided_the_same(text: str) -> None:
    told = recorded(text)
    decided = again(told, KEEPING)

    assert decided["outcome"] == "vault"
    for one in told["envelope"]["decisions"]:
        if one["about"] in decided:
            assert decided[one["about"]].endswith(f"by {one['rule']}")


def test_a_policy_that_keeps_custodians_alone_would_drop_what_has_none() -> None:
    told = recorded()

    assert again(told, STRICT) == {"outcome": "dropped by scope.nobody", "scope": "dropped by scope.nobody"}
    assert again(told, STRICT, roll=Roll([ANN]))["scope"] == "kept by scope.custodian"


def test_a_policy_that_asks_would_hold_back_what_nobody_answered_for() -> None:
    decided = again(recorded(), STRICT, roll=Roll([ANN]))

    assert decided["outcome"].startswith("held back until 2026-12-06T")
    assert decided["outcome"].endswith("by consent.unanswered")


def test_what_is_suspected_would_go_to_quarantine() -> None:
    told = recorded("会议纪要")
    capture = make_event("绝密★30年 会议纪要")
    body = json.dumps(capture).encode()
    told["capture"] |= {"base64": b64encode(body).decode(), "sha256": sha256(body).hexdigest()}

    assert again(told, KEEPING)["outcome"].startswith("quarantine by ")


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        ("consent.granted", "keep"),
        ("consent.granted_before", "keep"),
        ("consent.refused", "restrict"),
        ("consent.withdrawn", "restrict"),
        ("consent.unanswered", "restrict"),
    ],
)
def test_what_people_had_said_then_is_what_they_say_under_the_other_policy(rule: str, action: str) -> None:
    told = recorded()
    people = [{"person": token.hex(), "basis": "consent", "rule": rule} for token in (ANN.token, CUSTOMER)]
    consent = {"about": "consent", "rule": rule, "version": "1", "result": {"people": people}}
    told["envelope"]["decisions"] = [consent]

    assert again(told, asking(KEEPING))["consent"].startswith(f"{action} by ")


def test_another_list_of_regimes_would_be_another_time() -> None:
    told = recorded()

    assert again(told, GENERAL)["retention"] == "until 2027-06-01, not erasable by cn.csl.23"
    assert again(told, KEEPING)["retention"] == "until 2046-12-01, not erasable by cn.sec.137"


def test_the_roll_is_the_tables() -> None:
    items: list[dict[str, Any]] = [
        {"token": b"a", "valid_from": "2026-01-01T00:00:00.000Z"},
        {
            "token": b"b",
            "valid_from": "2026-01-01T00:00:00.000Z",
            "valid_until": "2027-01-01T00:00:00.000Z",
            "regimes": {"cn.sec.137"},
            "jurisdictions": {"CN"},
            "device": "byod",
        },
        {"token": b"c", "valid_from": "0001-01-01T00:00:00.000Z", "role": "contact"},
        {"token": b"d", "valid_from": "0001-01-01T00:00:00.000Z", "role": "excluded"},
    ]

    roll = roll_of(items)

    [term] = roll.covering([b"b"], NOW)
    assert term.device == "byod"
    assert term.jurisdictions == {"CN"}
    assert term.regimes == {"cn.sec.137"}
    assert len(roll.covering([b"a"], NOW)) == 1
    assert roll.contacts == {b"c"}
    assert roll.excluded == {b"d"}


def difference(
    read: Callable[[str], dict[str, Any]], decide: Callable[[Any, Policy], dict[str, str]], new: Policy = STRICT
) -> Any:
    return compare(IDS, read=read, decide=decide, old=KEEPING, new=new)


def by_name(told: Any, law: Policy) -> dict[str, str]:
    return {"outcome": law.name}


def test_only_what_changes_is_told_with_both_sides() -> None:
    found = difference(
        lambda record_id: {"id": record_id},
        lambda told, law: (
            {"outcome": "vault"} | ({} if law is STRICT and told["id"] == IDS[0] else {"tier": "general"})
        ),
    )

    assert found.read == 2
    assert found.changes == (Change(record_id=IDS[0], about="tier", before="general", after="not decided"),)
    assert found.counts() == {"tier": 1}
    page = describe(found)
    assert f"policies    general-enterprise@{KEEPING.version} → foreign-bank-branch@{STRICT.version}" in page
    assert "records     2 read, 1 would change, 0 could not be read" in page
    assert page.endswith(f"{IDS[0]}  tier: general → not decided")


def test_what_cannot_be_read_is_told_apart_and_does_not_end_it() -> None:
    def read(record_id: str) -> dict[str, Any]:
        if record_id == IDS[0]:
            raise Refused("no record has this id")
        return {}

    found = difference(read, by_name)

    assert (found.read, found.unread) == (1, {IDS[0]: "no record has this id"})
    assert f"{IDS[0]}  not read: no record has this id" in describe(found)


def test_an_archive_that_does_not_answer_ends_it() -> None:
    def read(record_id: str) -> dict[str, Any]:
        raise NoAnswer("busy")

    with pytest.raises(NoAnswer):
        difference(read, by_name)


@given(st.dictionaries(st.sampled_from(["outcome", "scope", "tier"]), st.text()))
def test_the_same_policy_changes_nothing(decided: dict[str, str]) -> None:
    def decide(told: Any, law: Policy) -> dict[str, str]:
        return decided

    assert difference(lambda _: {}, decide, KEEPING).changes == ()


def test_record_ids_are_read_one_a_line_and_a_sample_is_the_same_every_time() -> None:
    text = "\n".join([*(f"{number:048x}" for number in range(100)), "", f"{7:048X}"])

    everything, some = (record_ids(text, name="ids", sample=sample) for sample in (None, 10))

    assert len(everything) == 100
    assert len(some) == 10
    assert some == record_ids("\n".join(reversed(text.split("\n"))), name="ids", sample=10)
    with pytest.raises(Misused, match="ids:2: a record id is 48 hex digits"):
        record_ids(f"{7:048x}\nseven", name="ids", sample=None)


def test_a_policy_is_a_ready_profile_or_a_file() -> None:
    assert read_policy("mainland-securities", None).name == "mainland-securities"
    with pytest.raises(Misused, match=r"ours\.toml:1: name: is missing"):
        read_policy("ours.toml", "")


@pytest.mark.parametrize("options", [[], ["--json"], ["--sample", "1"]])
def test_the_command_asks_for_each_record_and_compares(
    archive: Standin, tmp_path: Path, capsys: Any, options: list[str]
) -> None:
    told = recorded()
    ids = tmp_path / "ids"
    ids.write_text(told["record_id"] + "\n")
    ours = tmp_path / "ours.toml"
    ours.write_text(profile("general-enterprise").replace('no_custodian = "keep"', 'no_custodian = "drop"'))
    archive.answers[f"/v1/records/{told['record_id']}"] = (200, json.dumps(told))
    boto3.client("dynamodb").put_item(
        TableName="custodians", Item={"token": {"B": b"x"}, "valid_from": {"S": "2026-01-01T00:00:00.000Z"}}
    )

    assert main(["policy", "diff", "general-enterprise", str(ours), "--records", str(ids), *options]) == 0

    said = capsys.readouterr().out
    assert "dropped by scope.nobody" in said
    assert "--json" not in options or json.loads(said)["read"] == 1


def test_a_sample_is_a_number(archive: Standin, capsys: Any) -> None:
    for count in ("0", "-1", "many", "²"):
        with pytest.raises(SystemExit):
            main(["policy", "diff", "a", "b", "--records", "x", "--sample", count])


def test_a_bad_policy_is_refused_by_the_command(archive: Standin, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("name = 1\n")

    assert main(["policy", "diff", "general-enterprise", str(path), "--records", str(path)]) == 2

    assert f"{path}:1: name: Input should be a valid string" in capsys.readouterr().err
