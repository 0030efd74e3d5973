"""What the demo concludes from what it saw."""

import io
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError
from rich.console import Console

from local.story.attacking import all_refused, try_all
from local.story.promise import Promise, broken, exit_code, summary, weigh
from local.story.reading import Locked, all_locked, unchanged

KEPT = Promise("kept", kept=True, evidence="seen")
BROKEN = Promise("broken", kept=False, evidence="another answer")


def locked(**fields: object) -> Locked:
    usual = {
        "bucket": "vault",
        "key": "segments/general/1",
        "version_id": "1",
        "size_bytes": 1,
        "sha256": "x",
        "mode": "COMPLIANCE",
        "retain_until": datetime.now(UTC) + timedelta(days=1),
        "kms_key": None,
    }
    return Locked(**{**usual, **fields})  # type: ignore[arg-type]


def test_the_demo_succeeds_only_if_every_promise_held() -> None:
    assert exit_code([KEPT, KEPT]) == 0
    assert exit_code([KEPT, BROKEN]) == 1
    assert exit_code([]) == 1
    assert broken([KEPT, BROKEN]) == [BROKEN]


def test_the_summary_says_which_promise_broke_and_what_was_seen() -> None:
    console = Console(file=io.StringIO(), width=100)

    console.print(summary([KEPT, BROKEN]))

    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert [line for line in lines if "NO" in line and "broken" in line and "another answer" in line]


def test_one_thing_that_speaks_against_a_promise_breaks_it() -> None:
    assert weigh("p", [("a", True), ("b", True)], evidence="both") == Promise("p", kept=True, evidence="both")
    assert weigh("p", [("a", True), ("b", False)], evidence="both") == Promise("p", kept=False, evidence="b")
    assert not weigh("p", [], evidence="nothing").kept


def test_an_attack_that_goes_through_or_fails_for_another_reason_is_no_refusal() -> None:
    def refuse(code: str) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "DeleteObject")

    refused = try_all({"delete": lambda: refuse("AccessDenied")})
    through = try_all({"delete": lambda: None})
    clumsy = try_all({"delete": lambda: refuse("NoSuchKey")})

    assert [all_refused("p", attempts).kept for attempts in (refused, through, clumsy)] == [True, False, False]


def test_one_object_without_a_running_compliance_lock_breaks_the_promise() -> None:
    expired, weak = {"retain_until": datetime.now(UTC) - timedelta(days=1)}, {"mode": "GOVERNANCE"}

    assert all_locked([locked()]).kept
    assert not all_locked([locked(), locked(key="keyrings/1", **expired)]).kept
    assert not all_locked([locked(), locked(key="keyrings/1", **weak)]).kept
    assert not all_locked([locked(key="keyrings/1")]).kept


def test_a_version_more_or_less_or_another_lock_is_a_change() -> None:
    before = [locked(), locked(key="keyrings/1")]

    assert unchanged(before, list(before)).kept
    assert not unchanged(before, before[:1]).kept
    assert not unchanged(before, [*before, locked(version_id="2")]).kept
    assert not unchanged(before, [before[0], locked(key="keyrings/1", mode="GOVERNANCE")]).kept
    assert not unchanged([], []).kept
