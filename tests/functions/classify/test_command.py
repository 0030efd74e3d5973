"""`python -m functions.classify`: a line for each line, in order, and no traceback whatever comes in."""

import io
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from functions.classify.command import INTERRUPTED, REFUSED, run
from tests.functions.strategies import json_values

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "functions.classify"]


def answers(*lines: str | bytes, arguments: tuple[str, ...] = ()) -> tuple[int, list[Any]]:
    out = io.BytesIO()
    raw = [line.encode() if isinstance(line, str) else line for line in lines]
    code = run(arguments, raw, out)
    return code, [json.loads(line) for line in out.getvalue().decode().splitlines()]


def ask(text: str, **more: Any) -> str:
    return json.dumps({"id": "1", "text": text, **more}) + "\n"


def test_a_line_is_answered_with_all_that_is_found_in_its_text() -> None:
    code, [answer] = answers(ask("保本！卡号6212345678901232，机密★20年"))
    [finding] = answer.pop("findings")

    assert code == 0
    assert "bank_card@" in finding.pop("rule")
    assert finding == {"kind": "bank_card", "start": 5, "end": 21}
    assert answer == {
        "id": "1",
        "lexicon": [{"list": "supervision.guaranteed_return", "term": "保本", "start": 0, "end": 2}],
        "secrecy": {"suspect": True, "reasons": ["mark"]},
        "tier": "general",
    }


@pytest.mark.parametrize(
    ("text", "reasons", "tier"),
    [
        ("绝密★启用前", ["mark_exam"], "general"),
        ("工作秘密\n通知", [], "work_secret"),
        ("高精地图切片", [], "important"),
        ("好的", [], "general"),
    ],
)
def test_reasons_are_codes_and_a_tier_is_a_name(text: str, reasons: list[str], tier: str) -> None:
    _, [answer] = answers(ask(text))

    assert (answer["secrecy"]["reasons"], answer["tier"]) == (reasons, tier)


def test_cues_that_do_not_weigh_enough_are_reasons_and_no_suspicion() -> None:
    _, [answer] = answers(ask("涉密文件，国办发〔2024〕12号"))

    assert answer["secrecy"] == {"suspect": False, "reasons": ["cue:涉密", "document_number"]}


def test_offsets_count_code_points_of_the_text_as_given() -> None:
    _, [answer] = answers(ask("😀𠀀保\u200b本"))

    assert answer["lexicon"][0]["start"] == 2
    assert answer["lexicon"][0]["end"] == 5


def test_answers_are_utf8_and_not_escaped() -> None:
    out = io.BytesIO()

    run([], [ask("绝密★", id="编号😀").encode()], out)

    assert '"编号😀"' in out.getvalue().decode()


def test_integers_are_ids_too_and_other_keys_are_of_no_interest() -> None:
    code, [answer] = answers(ask("a", id=7, sender="x"))

    assert (code, answer["id"]) == (0, 7)


MUSEUM: dict[str, tuple[str | bytes, Any, str]] = {
    "empty": ("\n", None, "not JSON: "),
    "no json": ("hello\n", None, "not JSON: "),
    "cut short": ('{"id": "1", "te', None, "not JSON: "),
    "an array": ("[]\n", None, "expected an object"),
    "a string": ('"text"\n', None, "expected an object"),
    "nothing in it": ("{}\n", None, '"id" must be'),
    "no text": ('{"id": "1"}\n', "1", '"text" must be text'),
    "no id": ('{"text": "a"}\n', None, '"id" must be'),
    "a text that is a number": ('{"id": "1", "text": 5}\n', "1", '"text" must be text'),
    "a text that is null": ('{"id": 1, "text": null}\n', 1, '"text" must be text'),
    "an id that is null": ('{"id": null, "text": "a"}\n', None, '"id" must be'),
    "an id that is true": ('{"id": true, "text": "a"}\n', None, '"id" must be'),
    "an id that is a list": ('{"id": [], "text": "a"}\n', None, '"id" must be'),
    "an id with a fraction": ('{"id": 1.5, "text": "a"}\n', None, '"id" must be'),
    "a lone surrogate in the text": ('{"id": "1", "text": "\\ud800"}\n', "1", '"text" holds a lone surrogate'),
    "a lone surrogate in the id": ('{"id": "\\udfff", "text": "a"}\n', None, '"id" must be'),
    "another encoding": ('{"id": "1", "text": "保本"}\n'.encode("gbk"), None, "not UTF-8 at byte 21"),
    "an integer of 5,000 digits": ('{"id": ' + "1" * 5000 + ', "text": "a"}\n', None, "not JSON that can be read"),
    "nested too deep": ("[" * 200_000 + "\n", None, "not JSON that can be read"),
}


@pytest.mark.parametrize("defect", MUSEUM)
def test_a_bad_line_is_answered_in_its_place_and_the_others_as_ever(defect: str) -> None:
    line, id_, reason = MUSEUM[defect]

    code, [first, second, third] = answers(ask("a"), line, ask("b", id="2"))

    assert code == 1
    assert (first["id"], third["id"]) == ("1", "2")
    assert second == {"id": id_, "error": second["error"]}
    assert second["error"].startswith(f"line 2: {reason}")


def test_a_byte_order_mark_before_the_first_line_is_no_error() -> None:
    assert answers(b"\xef\xbb\xbf" + ask("a").encode())[0] == 0


def test_no_input_is_no_error() -> None:
    assert answers() == (0, [])


@settings(max_examples=50)
@given(st.lists(st.binary() | json_values.map(lambda value: json.dumps(value).encode()), max_size=4))
def test_there_is_one_answer_for_every_line_there_is(lines: list[bytes]) -> None:
    code, made = answers(*lines)

    assert len(made) == len(lines)
    assert code == any("error" in one for one in made)


def test_lexicons_are_added_as_toml_and_as_plain_lists(tmp_path: Path) -> None:
    plain, toml = tmp_path / "我的词表.txt", tmp_path / "house.toml"
    plain.write_text("星辰项目\n", encoding="utf-8")
    toml.write_text(
        'version = "3"\ncitation = "long enough a citation"\njurisdiction = "CN"\nlegal_source = "contract"\n'
        'read = 2026-11-26\n[[list]]\nid = "catalogue.house"\nen = ["project star*"]\n',
        encoding="utf-8",
    )

    _, [answer] = answers(
        ask("星辰项目 Project Starlight"), arguments=("--lexicon", str(plain), "--lexicon", str(toml))
    )

    assert [(hit["list"], hit["term"]) for hit in answer["lexicon"]] == [
        ("我的词表", "星辰项目"),
        ("catalogue.house", "project star*"),
    ]
    assert answer["tier"] == "important"


def test_a_bad_lexicon_is_refused_before_anything_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text("good\nb*d\n", encoding="utf-8")

    assert run(["--lexicon", str(bad)], iter(_nobody_reads, b""), io.BytesIO()) == REFUSED
    assert capsys.readouterr().err.startswith("bad.txt:2: a star stands only at the end of a term")


def _nobody_reads() -> bytes:
    raise AssertionError


def test_whoever_stops_it_gets_the_code_of_the_signal() -> None:
    def lines() -> Iterator[bytes]:
        yield ask("a").encode()
        raise KeyboardInterrupt

    assert run([], lines(), io.BytesIO()) == INTERRUPTED


def test_a_reader_that_goes_away_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)

    with os.fdopen(write, "wb", buffering=0) as out:
        assert run([], [ask("a").encode()] * 3, out) == 0


def test_the_help_says_what_goes_in_and_comes_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["classify", "--help"])

    with pytest.raises(SystemExit) as left:
        runpy.run_module("functions.classify", run_name="__main__")

    said = capsys.readouterr().out
    assert left.value.code == 0
    for word in ("--lexicon", "code points", "malformed_mark", "exit code", '"error"', "w/5"):
        assert word in said


def test_the_program_answers_each_line_before_it_reads_the_next() -> None:
    with subprocess.Popen(COMMAND, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdin
        assert program.stdout
        for number in range(3):
            program.stdin.write(ask("绝密★", id=number).encode())
            program.stdin.flush()
            assert json.loads(program.stdout.readline())["id"] == number
        program.stdin.close()
        assert program.wait() == 0


def test_the_program_writes_utf8_wherever_it_runs_and_leaves_with_1_after_a_bad_line() -> None:
    lines = ask("保本", id="编号") + "bad\n"
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}

    made = subprocess.run(COMMAND, cwd=ROOT, input=lines.encode(), capture_output=True, check=False, env=environment)

    assert made.returncode == 1
    assert made.stderr == b""
    assert "编号" in made.stdout.decode()
