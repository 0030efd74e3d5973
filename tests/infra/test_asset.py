"""The zip: what is in it, that it is the same every time, and that it is built once."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.asset import KEPT_BUILDS, Target, build, find_python, for_lambda, for_this_machine
from tests.infra.sources import WHEEL, make_repository

POLICY = 'name = "ours"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path)


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_it_holds_the_functions_and_what_they_run_on_and_nothing_else(root: Path) -> None:
    names = {name for name in contents(build(root, for_this_machine(), policy=POLICY)) if "__pycache__" not in name}

    assert names == {
        "functions/__init__.py",
        "functions/rules.toml",
        "functions/law/policy.toml",
        "tiny/__init__.py",
        "tiny-1.0.dist-info/METADATA",
        "tiny-1.0.dist-info/WHEEL",
    }


def test_it_is_compiled_so_that_no_cold_start_has_to(root: Path) -> None:
    folder = build(root, for_this_machine(), policy=POLICY)
    (folder / "tiny" / "__init__.py").write_text("raise SystemExit('compiled at start')\n")
    run = [sys.executable, "-c", "import tiny; print(tiny.ANSWER, tiny.__cached__)"]
    ran = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(folder)})

    assert ran.stdout.startswith("42 ")
    assert "stale" not in "".join(contents(folder))


def test_the_same_sources_give_the_same_bytes_wherever_they_are_built(tmp_path: Path) -> None:
    built = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        built.append(contents(build(make_repository(tmp_path / name), for_this_machine(), policy=POLICY)))

    assert built[0] == built[1]


def test_a_second_build_needs_nothing(root: Path) -> None:
    first = build(root, for_this_machine(), policy=POLICY)
    (root / WHEEL).unlink()

    assert build(root, for_this_machine(), policy=POLICY) == first


@pytest.mark.parametrize("changed", ["functions/rules.toml", "requirements/lambda.txt"])
def test_a_change_is_a_new_build(root: Path, changed: str) -> None:
    first = build(root, for_this_machine(), policy=POLICY)
    with (root / changed).open("a") as file:
        file.write("# changed\n")

    assert build(root, for_this_machine(), policy=POLICY) != first


def test_the_lexicons_that_a_deployment_adds_lie_beside_the_releases_and_others_are_a_new_build(root: Path) -> None:
    folder = build(root, for_this_machine(), policy=POLICY, lexicons=("# one\n", "# two\n"))

    lexicons = folder / "functions" / "classify" / "lexicons"
    assert [path.read_text(encoding="utf-8") for path in sorted(lexicons.iterdir())] == ["# one\n", "# two\n"]
    assert build(root, for_this_machine(), policy=POLICY, lexicons=("# one\n",)) != folder


def test_the_deployments_policy_lies_where_the_functions_look_for_it_and_another_is_a_new_build(root: Path) -> None:
    folder = build(root, for_this_machine(), policy=POLICY)

    assert (folder / "functions" / "law" / "policy.toml").read_text(encoding="utf-8") == POLICY
    assert build(root, for_this_machine(), policy=POLICY + "# changed\n") != folder


def test_a_wheel_with_another_hash_is_refused_and_leaves_no_build(root: Path) -> None:
    with (root / WHEEL).open("ab") as file:
        file.write(b"x")

    with pytest.raises(subprocess.CalledProcessError):
        build(root, for_this_machine(), policy=POLICY)
    assert [path.name[:5] for path in (root / "build" / "lambda-local").iterdir()] == ["fresh"]


def test_old_builds_are_cleared_away(root: Path) -> None:
    built = []
    for number in range(KEPT_BUILDS + 2):
        (root / "functions" / "rules.toml").write_text(f"version = {number}\n")
        built.append(build(root, for_this_machine(), policy=POLICY))
        os.utime(built[-1], (number, number))

    assert set((root / "build" / "lambda-local").iterdir()) == set(built[-KEPT_BUILDS:])


def test_without_a_matching_interpreter_it_is_built_uncompiled(root: Path) -> None:
    target = Target(folder="build/plain", install=("--python", sys.executable), python="")

    assert not [name for name in contents(build(root, target, policy=POLICY)) if name.endswith(".pyc")]


def test_for_lambda_the_wheels_are_those_of_its_python_and_its_linux() -> None:
    target = for_lambda()

    assert target.install == ("--python-platform", "x86_64-manylinux_2_28", "--python-version", "3.13")
    assert target.python == find_python("3.13")


def test_an_interpreter_is_found_by_asking_it_and_not_by_its_name(tmp_path: Path) -> None:
    mine = f"{sys.version_info.major}.{sys.version_info.minor}"

    assert find_python(mine) == sys.executable
    assert find_python("2.99") == ""
