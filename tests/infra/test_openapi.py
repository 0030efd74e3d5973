"""docs/openapi.json: made from the code, the same as the code, and OpenAPI 3.1 in the eyes of somebody else."""

import json
import runpy
import sys
from pathlib import Path
from types import ModuleType

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from functions.intake import gateway
from infra.app import ROOT
from infra.openapi.answers import answers
from infra.openapi.document import document
from tests.infra.synth import Stacks
from tests.infra.test_door import routes

PAGE = ROOT / "docs" / "openapi.json"
DOCUMENT = json.loads(PAGE.read_text("utf-8"))


def test_the_document_that_is_checked_in_is_the_one_the_code_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "openapi.json"
    monkeypatch.setattr(sys, "argv", ["infra.openapi", str(file)])

    runpy.run_module("infra.openapi", run_name="__main__")

    assert PAGE.read_text("utf-8") == file.read_text("utf-8"), "run `python -m infra.openapi` and read the diff"


def test_it_is_openapi_3_1() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_it_describes_every_route_of_the_template_and_no_other(prod: Stacks) -> None:
    described = {f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods}

    assert described == set(routes(prod))


def test_it_says_which_routes_want_which_signature() -> None:
    security = {path: next(iter(methods.values()))["security"] for path, methods in DOCUMENT["paths"].items()}

    assert security == {
        "/captures": [{"webhook": []}, {"webhook": [], "aws": []}],
        "/wecom/{endpoint}": [{}],
        "/wechat/{endpoint}": [{}],
        "/wechat/{endpoint}/{appid}": [{}],
        "/records/{record_id}": [{"aws": []}],
        "/receipts/{gateway}/{event_id}": [{"aws": []}],
        "/media": [{"webhook": []}, {"webhook": [], "aws": []}],
        "/media/{sha256}": [{"aws": []}],
        "/memberships": [{"aws": []}],
        "/exceptions/{flag}": [{"aws": []}],
        "/reports/completeness": [{"aws": []}],
        "/acts": [{"aws": []}],
        "/acts/{kind}": [{"aws": []}],
        "/acts/{kind}/{act}": [{"aws": []}],
        "/acts/{kind}/{act}/approval": [{"aws": []}],
        "/border/scopes/{act}": [{"aws": []}],
        "/border/years/{year}": [{"aws": []}],
        "/incidents": [{"aws": []}],
        "/suspects": [{"aws": []}],
        "/suspects/{record_id}": [{"aws": []}],
    }


def test_every_problem_that_the_gateway_door_can_answer_is_named() -> None:
    responses = DOCUMENT["paths"]["/captures"]["post"]["responses"]
    named = {
        status: response["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["type"]["enum"]
        for status, response in responses.items()
        if status.isdigit() and status != "202"
    }

    assert {given.name for given in answers(gateway) if given.form == "problem"} <= {
        name.removeprefix("urn:fengcun:problem:") for names in named.values() for name in names
    }
    assert named["409"] == ["urn:fengcun:problem:conflict"]
    assert named["503"] == ["urn:fengcun:problem:busy"]


def test_a_route_that_nobody_described_stops_the_document() -> None:
    with pytest.raises(ValueError, match=r"routes and operations disagree about .*POST /captures"):
        document({})


def test_a_function_that_is_not_there_stops_the_document() -> None:
    with pytest.raises(ValueError, match="has no take_nothing"):
        answers(gateway, ("take", "take_nothing"))


def test_a_status_that_is_computed_stops_the_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vague.py").write_text("def take(status):\n    return text_answer(status, 'what?')\n")
    monkeypatch.syspath_prepend(tmp_path)
    vague: ModuleType = __import__("vague")

    with pytest.raises(ValueError, match="vague, line 2"):
        answers(vague)
