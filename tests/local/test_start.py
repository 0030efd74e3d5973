"""Starting: what is refused before anything runs, and that nothing is left behind."""

import os
import re
import socket
import stat
import subprocess
import sys
import types
from pathlib import Path

import pytest
from rich.console import Console

from local.archive import settle
from local.assembly import fingerprint
from local.emulator import HOST, REPOSITORY, CannotStart, free_port, is_taken, running
from local.gaps.patching import GapMoved, entry, need, replace
from local.launcher import check_version
from local.serve import read_configuration, read_port, serve
from local.state import read_state, write_state
from tests.local.conftest import place
from tests.local.probes import eventually


def test_the_launcher_closes_the_gaps_of_one_version_alone() -> None:
    check_version("1.5.33")

    with pytest.raises(GapMoved, match=re.escape("1.5.34 is installed: this launcher closes gaps of 1.5.33 alone")):
        check_version("1.5.34")


def test_a_gap_whose_name_or_shape_is_gone_is_not_closed() -> None:
    module = types.ModuleType("emulator")
    module.__dict__["act"] = lambda one, two: (one, two)

    replace(module, "act", "one two", lambda original: lambda one, two: original(two, one))

    assert module.__dict__["act"](1, 2) == (2, 1)
    with pytest.raises(GapMoved, match=re.escape("emulator.act takes (one two), and this launcher expects (one)")):
        replace(module, "act", "one", lambda original: original)
    with pytest.raises(GapMoved, match="emulator has no other"):
        need(module, "other")
    with pytest.raises(GapMoved, match="the table has no key"):
        entry({}, "key", where="the table")


def test_a_bad_configuration_is_refused_with_file_key_and_reason(tmp_path: Path) -> None:
    file = tmp_path / "archive.toml"
    file.write_text('[[gateway]]\nid = "g"\nsecrets = ["whsec_short"]\n')

    with pytest.raises(CannotStart, match=r"archive\.toml:3: gateway\[0\]\.secrets\[0\]: "):
        read_configuration(file)
    with pytest.raises(CannotStart, match="No such file"):
        read_configuration(tmp_path / "nowhere.toml")


def test_our_own_configuration_is_accepted() -> None:
    configuration = read_configuration(REPOSITORY / "local" / "archive.toml")

    assert [gateway.id for gateway in configuration.gateway] == ["gateway-one"]
    assert [endpoint.id for endpoint in configuration.wecom] == ["sample"]


def test_serve_refuses_a_bad_configuration_before_it_writes_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGCUN_CONFIG", str(tmp_path / "nowhere.toml"))
    monkeypatch.setenv("FENGCUN_DATA", str(tmp_path / "data"))

    with pytest.raises(CannotStart):
        serve(Console(quiet=True))
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("text", ["door", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    assert read_port({}) == 8600
    with pytest.raises(CannotStart, match="FENGCUN_PORT"):
        read_port({"FENGCUN_PORT": text})


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    here = place(tmp_path)

    with socket.create_server((HOST, here.door_port)), pytest.raises(CannotStart, match=f"port {here.door_port} "):
        running(here).__enter__()


def test_a_folder_keeps_its_aws_port_and_takes_any_door(tmp_path: Path) -> None:
    first = settle(tmp_path / "data", free_port())
    again = settle(tmp_path / "data", free_port())

    assert first.port == again.port
    assert first.door_port != again.door_port
    with pytest.raises(CannotStart, match="choose another port"):
        settle(tmp_path / "data", first.port)


def test_nothing_is_left_when_the_emulator_is_stopped(tmp_path: Path) -> None:
    here = place(tmp_path)

    with running(here) as process:
        assert is_taken(here.port)
        assert is_taken(here.door_port)

    assert not is_taken(here.port)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_an_emulator_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="stopped at once"), running(place(tmp_path), module="local.no_such_module"):
        pass


def test_the_emulator_leaves_with_who_started_it(tmp_path: Path) -> None:
    here = place(tmp_path)
    starter = (
        "import os, sys; from local.emulator import *; from pathlib import Path\n"
        f"with running(Place(data=Path({str(tmp_path)!r}), port={here.port}, door_port={here.door_port})):\n"
        "    os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", starter], cwd=REPOSITORY, check=True)

    assert eventually(lambda: not is_taken(here.port))


def test_the_state_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "state.json"

    assert read_state(file) is None
    write_state(file, {"door": "http://127.0.0.1:8600"})
    write_state(file, {"door": "http://127.0.0.1:8601"})

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_state(file) == {"door": "http://127.0.0.1:8601"}


def test_a_change_of_any_source_is_another_deployment(tmp_path: Path) -> None:
    for name in ("infra/app.py", "functions/law/rules/retention.toml", "cdk.json", "package-lock.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "lambda.txt").write_text("1")
    before = fingerprint(tmp_path)

    (tmp_path / "functions" / "__pycache__").mkdir()
    (tmp_path / "functions" / "__pycache__" / "app.pyc").write_text("compiled")
    same = fingerprint(tmp_path)
    (tmp_path / "functions/law/rules/retention.toml").write_text("2")

    assert before == same
    assert fingerprint(tmp_path) != before
