"""`fengcun completeness`: genuine or not, complete or not, and what a person reads."""

import base64
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from functions.capture.tokens import IndexKey
from functions.completeness import proof
from reader import completeness
from reader.cli import main
from reader.completeness import Answer, Incomplete, describe, verdict, verify
from reader.errors import Misused, Unproven
from tests import moto_sign
from tests.fakes import MemorySigner
from tests.reader.standin import Standin

SIGNER = MemorySigner()
ASKED = "2026-11-24T01:00:00.000Z"
DAYS = ("2026-11-21", "2026-11-22", "2026-11-23")
STREAM = "ab" * 16


def make_report(day: str = DAYS[-1], **changed: Any) -> dict[str, Any]:
    """A complete one. A field set to something else replaces the usual."""
    usual: dict[str, Any] = {
        "format": "fengcun.completeness.1",
        "archive": "trial",
        "day": day,
        "made_at": f"{day}T18:30:00.000Z",
        "previous": None,
        "complete": True,
        "findings": {},
        "ways": [{"endpoint": "gateway/one", "count": 5, "first_sent": None, "last_sent": None, "expected": False}],
        "streams": [],
        "custodians": {"expected": 2, "seen": 2, "awaited": 0, "silent": 0, "silent_days": 7, "listed": []},
        "chat_archive": {"sources": [], "pull": [], "announced": 0, "unanswered_since": None},
        "changes": [],
    }
    return usual | changed


def make_answer(*reports: dict[str, Any], signer: proof.Signer = SIGNER, **changed: Any) -> dict[str, Any]:
    found = [
        {"record_id": "0" * 48, "day": one["day"], "report": one, "signature": proof.sign(one, signer)}
        for one in reports
    ]
    return {"archive": "trial", "days": 30, "asked_at": ASKED, "reports": found} | changed


def chained(*reports: dict[str, Any]) -> list[dict[str, Any]]:
    done: list[dict[str, Any]] = []
    for one in reports:
        done.append(one | {"previous": proof.digest(done[-1]).hex() if done else None})
    return done


def page(*reports: dict[str, Any], **accounts: str) -> str:
    return describe(Answer(make_answer(*reports), accounts))


def gap(kind: str = "integer", first: str = "7", last: str = "7") -> dict[str, Any]:
    times = {"after": "2026-11-22T02:00:00.000Z", "before": "2026-11-22T23:00:00.000Z"}
    return {
        "stream": STREAM,
        "endpoint": "gateway/one",
        "kind": kind,
        "gaps": 1,
        "missing": "1",
        "listed": [{"first": first, "last": last, **times}],
    }


def test_genuine_reports_of_every_day_that_miss_nothing_are_complete() -> None:
    answer = Answer(make_answer(*chained(*map(make_report, DAYS))))

    verify(answer, public_key=SIGNER.public_key())
    verdict(answer)
    assert "as of the report of 2026-11-23: complete\n  nothing to note" in describe(answer)


def test_a_forged_report_another_archives_and_one_out_of_its_chain_are_not_believed() -> None:
    key = SIGNER.public_key()
    first, second, _ = chained(*map(make_report, DAYS))
    forged = make_answer(second)
    forged["reports"][0]["report"] = second | {"complete": False}
    wrong = [
        (forged, "does not fit"),
        (make_answer(make_report(archive="another")), "is one of another"),
        (make_answer(first, make_report(DAYS[1], previous="0" * 64)), "does not follow that of 2026-11-21"),
        (make_answer(first, signer=MemorySigner()), "another key"),
    ]
    moved = make_answer(first)
    moved["reports"][0]["day"] = DAYS[1]
    wrong.append((moved, "2026-11-22 is one of trial, 2026-11-21"))

    for told, reason in wrong:
        with pytest.raises(Unproven, match=reason):
            verify(Answer(told), public_key=key)


def test_after_a_day_without_a_report_the_chain_begins_anew() -> None:
    verify(Answer(make_answer(make_report(DAYS[0]), make_report(DAYS[2]))), public_key=SIGNER.public_key())


def test_a_day_without_a_report_is_something_missing() -> None:
    answer = Answer(make_answer(make_report(DAYS[0]), make_report(DAYS[2])))

    with pytest.raises(Incomplete, match="days without a report: 1"):
        verdict(answer)
    assert "▇?▇" in describe(answer)
    assert "no report of 2026-11-22" in describe(answer)


def test_a_report_that_follows_none_says_that_there_may_be_a_gap_before_it() -> None:
    first, second, third = chained(*map(make_report, DAYS))

    assert "the report of 2026-11-21 follows none: the first ever, or a gap before it" in page(first, second)
    assert "follows none" not in page(second, third)


def test_without_any_report_nothing_is_claimed() -> None:
    answer = Answer(make_answer())

    verify(answer, public_key=SIGNER.public_key())
    with pytest.raises(Incomplete, match="no report"):
        verdict(answer)
    assert "signed by its key: 0" in describe(answer)
    assert answer.days() == []


def test_a_gap_is_crossed_on_the_days_it_was_due_and_told_with_its_numbers() -> None:
    told = page(
        make_report(DAYS[1]),
        make_report(complete=False, findings={"gap": 1, "jump": 1}, streams=[gap(), gap("wecom", "9", "12")]),
    )

    assert "✗✗" in told
    assert "gaps in numbers that should have none; let the sender deliver them again: 1" in told
    assert "7, due between 11-22 10:00 and 11-23 07:00" in told
    assert "9 to 12, due between" in told


def test_who_is_silent_is_named_only_to_whoever_has_the_file() -> None:
    silent = [
        {"custodian": "ab" * 16, "last_seen": "2026-11-01T02:00:00.000Z"},
        {"custodian": "cd" * 16, "last_seen": None},
    ]
    custodians = make_report()["custodians"] | {"seen": 0, "silent": 2, "listed": silent}
    report = make_report(complete=False, findings={"silent": 2}, custodians=custodians)

    told = page(report, **{"ab" * 16: "adviser-07\x1b[2J"})

    assert "adviser-07\\u001b[2J, last seen 11-01 10:00 (silent for 7 days or more)" in told
    assert "custodian cdcdcdcd, last seen never" in told
    assert "custodians (2)  ✗" in told


def test_an_absent_gateway_an_overdue_archive_and_corrections_are_told() -> None:
    ways = [{"endpoint": "gateway/one", "count": 0, "first_sent": None, "last_sent": None, "expected": True}]
    fetching = {
        "sources": [{"endpoint": "gateway/one", "last": ASKED, "hours": 13}],
        "pull": [],
        "announced": 1,
        "unanswered_since": "2026-11-23T02:00:00.000Z",
    }
    changes = [{"day": DAYS[1], "about": "gateway/one", "before": 5, "now": 8}]
    findings = {"absent": 1, "overdue": 1, "changed": 1, "something_new": 4}
    told = page(
        make_report(DAYS[1]),
        make_report(complete=False, findings=findings, ways=ways, chat_archive=fetching, changes=changes),
    )

    assert "gateway/one     ▇✗" in told
    assert "WeCom announced messages at 11-23 10:00, and none came since" in told
    assert "gateway/one: 13 hours" in told
    assert "2026-11-22 gateway/one: was 5, is 8" in told
    quiet = page(make_report(findings=findings, chat_archive=fetching | {"unanswered_since": None}))
    assert "announced" not in quiet
    assert "something_new: 4" in told


def test_nothing_is_wider_than_eighty_columns() -> None:
    first = DAYS[0]
    reports = [make_report(str(date.fromisoformat(first) - timedelta(days=back))) for back in range(80)]

    assert max(map(len, page(*reversed(reports)).split("\n"))) <= 80


@pytest.fixture
def reported(archive: Standin, monkeypatch: pytest.MonkeyPatch) -> Standin:
    """The stand-in with a signing key in KMS and one complete report."""
    moto_sign.install()
    key = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    records = archive.stacks["Fengcun-trial-Records"]
    assert isinstance(records, dict)
    records["ReportKey"] = key
    return archive


class Kms:
    """Signs as the completeness room does."""

    def __init__(self, standin: Standin) -> None:
        records = standin.stacks["Fengcun-trial-Records"]
        assert isinstance(records, dict)
        self.key = records["ReportKey"]

    def sign(self, sha256: bytes) -> bytes:
        asked = {"Message": sha256, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
        return bytes(boto3.client("kms").sign(KeyId=self.key, **asked)["Signature"])  # type: ignore[arg-type]

    def public_key(self) -> bytes:
        return bytes(boto3.client("kms").get_public_key(KeyId=self.key)["PublicKey"])


def tell(standin: Standin, *reports: dict[str, Any], days: int = 30, signer: proof.Signer | None = None) -> None:
    told = make_answer(*reports, signer=signer or Kms(standin))
    standin.answers[f"/v1/reports/completeness?days={days}"] = (200, json.dumps(told))


def test_the_command_ends_with_0_when_nothing_is_missing(reported: Standin, capsys: Any) -> None:
    tell(reported, make_report())

    assert main(["completeness"]) == 0
    assert "complete" in capsys.readouterr().out


def test_the_command_ends_with_1_behind_the_page_when_something_is_missing(reported: Standin, capsys: Any) -> None:
    tell(reported, make_report(complete=False, findings={"media": 2}), days=7)

    assert main(["completeness", "--days", "7"]) == 1

    said = capsys.readouterr()
    assert "NOT complete" in said.out
    assert said.err == "fengcun: something is missing (captures that name files which are not here: 2)\n"


def test_the_command_ends_with_4_when_a_report_is_not_the_archives(reported: Standin, capsys: Any) -> None:
    tell(reported, make_report(), signer=SIGNER)

    assert main(["completeness"]) == 4
    assert "another key" in capsys.readouterr().err


def test_json_gives_the_reports_as_they_came(reported: Standin, capsys: Any) -> None:
    tell(reported, make_report())

    assert main(["completeness", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reports"][0]["report"] == make_report()


def test_a_key_from_a_file_needs_no_right_to_ask_kms(reported: Standin, tmp_path: Path, capsys: Any) -> None:
    tell(reported, make_report(), signer=SIGNER)
    public, file = load_der_public_key(SIGNER.public_key()), tmp_path / "key"
    for encoding in (Encoding.PEM, Encoding.DER):
        file.write_bytes(public.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo))
        assert main(["completeness", "--public-key", str(file)]) == 0

    assert main(["completeness", "--public-key", str(tmp_path / "none")]) == 2
    assert "cannot read" in capsys.readouterr().err


def test_a_file_that_is_no_key_is_refused() -> None:
    with pytest.raises(Misused, match="no public key"):
        completeness.der(base64.b64encode(b"nothing"))


def test_the_configuration_file_names_the_silent(reported: Standin, tmp_path: Path, capsys: Any) -> None:
    token = IndexKey(b"k" * 64).token("participant", "adviser-07").hex()
    custodians = make_report()["custodians"] | {"silent": 1, "listed": [{"custodian": token, "last_seen": None}]}
    tell(reported, make_report(complete=False, findings={"silent": 1}, custodians=custodians))
    file = tmp_path / "archive.toml"
    file.write_text('[[custodian]]\naccount = "adviser-07"\nvalid_from = 2020-01-01T00:00:00Z\n', "utf-8")

    assert main(["completeness", "--custodians", str(file)]) == 1
    assert "adviser-07, last seen never" in capsys.readouterr().out


@pytest.mark.parametrize("days", ["0", "93", "x", "1000", "١"])
def test_a_number_of_days_that_is_none_is_refused(days: str, capsys: Any) -> None:
    with pytest.raises(SystemExit):
        main(["completeness", "--days", days])

    assert "1 to 92" in capsys.readouterr().err
