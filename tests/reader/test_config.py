"""`fengcun config apply`: the deployment becomes what the file says, and no secret is shown."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from reader.cli import main
from reader.config import difference
from tests.reader.standin import Standin

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

FIRST = f"""
[[gateway]]
id = "gateway-one"
secrets = ["{SECRET}"]

[[gateway]]
id = "gateway-two"
secrets = ["{OTHER}"]

[[wecom]]
id = "app-one"
kind = "app"
mode = "secure"
tokens = ["QDG6eK"]
keys = ["{KEY}"]
receive_ids = ["wx5823bf96d3bd56c7"]

[[wechat]]
id = "oa-one"
kind = "oa"
tokens = ["spamtest"]
keys = ["abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"]
receive_ids = ["wx2c2769f8efd9abc2"]

[[custodian]]
account = "account-1"
valid_from = 2026-01-01T00:00:00Z
regimes = ["cn.sec.137"]

[[custodian]]
account = "account-2"
valid_from = 2026-01-01T00:00:00Z
jurisdictions = ["CN", "HK"]
device = "byod"

[[contact]]
account = "account-3"

[[excluded]]
account = "account-4"

[[excluded]]
conversation = "family-5"
"""

SECOND = f"""
[[gateway]]
id = "gateway-one"
secrets = ["{OTHER}", "{SECRET}"]

[[custodian]]
account = "account-1"
valid_from = 2026-01-01T00:00:00Z
valid_until = 2026-06-01T00:00:00Z

[[custodian]]
account = "account-1"
valid_from = 2026-07-01T00:00:00Z
"""


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(text: str) -> str:
        path = tmp_path / "archive.toml"
        path.write_text(text, "utf-8")
        return str(path)

    return write


def test_a_new_deployment_gets_everything_the_file_names(
    archive: Standin, written: Any, stored_endpoints: Any, stored_custodians: Any, capsys: Any
) -> None:
    assert main(["config", "apply", written(FIRST)]) == 0

    assert stored_endpoints()["gateways"]["gateway-one"]["secrets"] == [SECRET]
    assert set(stored_endpoints()["wecom"]) == {"app-one"}
    assert len(stored_custodians()) == 5
    assert capsys.readouterr().out.splitlines() == [
        "gateways    2 added (gateway-one gateway-two), 0 changed, 0 removed, 0 unchanged",
        "wecom       1 added (app-one), 0 changed, 0 removed, 0 unchanged",
        "wechat      1 added (oa-one), 0 changed, 0 removed, 0 unchanged",
        "custodians  2 added, 0 changed, 0 removed, 0 unchanged",
        "contacts    1 added, 0 changed, 0 removed, 0 unchanged",
        "excluded    2 added, 0 changed, 0 removed, 0 unchanged",
    ]


def test_a_second_file_replaces_the_first(
    archive: Standin, written: Any, stored_endpoints: Any, stored_custodians: Any, capsys: Any
) -> None:
    main(["config", "apply", written(FIRST)])
    capsys.readouterr()

    assert main(["config", "apply", "--json", written(SECOND)]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["gateways"]["changed"] == ["gateway-one"]
    assert told["gateways"]["removed"] == ["gateway-two"]
    assert told["wecom"]["removed"] == ["app-one"]
    assert told["wechat"]["removed"] == ["oa-one"]
    assert told["custodians"] == {"added": 1, "changed": 1, "removed": 1, "unchanged": 0}
    assert told["contacts"] == {"added": 0, "changed": 0, "removed": 1, "unchanged": 0}
    assert told["excluded"] == {"added": 0, "changed": 0, "removed": 2, "unchanged": 0}
    assert set(stored_endpoints()["gateways"]) == {"gateway-one"}
    assert sorted(item["valid_from"]["S"][:10] for item in stored_custodians()) == ["2026-01-01", "2026-07-01"]


def test_applying_the_same_file_again_changes_nothing(
    archive: Standin, written: Any, stored_custodians: Any, capsys: Any
) -> None:
    main(["config", "apply", written(FIRST)])
    before = stored_custodians()
    capsys.readouterr()

    assert main(["--json", "config", "apply", written(FIRST)]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["gateways"]["unchanged"] == ["gateway-one", "gateway-two"]
    assert told["custodians"] == {"added": 0, "changed": 0, "removed": 0, "unchanged": 2}
    assert sorted(map(str, stored_custodians())) == sorted(map(str, before))


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_no_secret_key_account_or_token_is_printed(
    archive: Standin, written: Any, capsys: Any, options: list[str]
) -> None:
    main(["config", "apply", *options, written(FIRST)])
    main(["config", "apply", *options, written(SECOND)])

    said = capsys.readouterr()
    for secret in (SECRET, OTHER, KEY, "QDG6eK", "account-1", "account-2", "account-3", "account-4", "family-5"):
        assert secret not in said.out + said.err


def test_a_bad_file_is_refused_with_file_line_key_and_reason(archive: Standin, written: Any, capsys: Any) -> None:
    path = written(FIRST.replace('kind = "app"', 'kind = "pager"'))

    assert main(["config", "apply", path]) == 2

    said = capsys.readouterr().err
    assert f"{path}:12: wecom[0].kind: " in said


def test_a_file_that_names_no_way_in_shuts_nobody_out(archive: Standin, written: Any, capsys: Any) -> None:
    assert main(["config", "apply", written(FIRST)]) == 0

    assert main(["config", "apply", written("")]) == 2

    assert "every sender would be shut out" in capsys.readouterr().err


def test_endpoints_too_long_for_one_secret_are_refused(archive: Standin, written: Any, capsys: Any) -> None:
    secrets = (f"whsec_{base64.b64encode(f'secret {n:057}'.encode()).decode()}" for n in range(700))
    many = "".join(f'[[gateway]]\nid = "gateway-{n}"\nsecrets = ["{secret}"]\n' for n, secret in enumerate(secrets))

    assert main(["config", "apply", written(many)]) == 2

    assert "65536" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(
    archive: Standin, tmp_path: Path, capsys: Any, content: bytes | None
) -> None:
    path = tmp_path / "absent.toml"
    if content is not None:
        path.write_bytes(content)

    assert main(["config", "apply", str(path)]) == 2

    assert f"cannot read {path}" in capsys.readouterr().err


def test_entries_are_told_apart_by_key_and_value() -> None:
    change = difference({"a": 1, "b": 2, "c": 3}, {"b": 2, "c": 4, "d": 5})

    assert change.ids() == {"added": ("d",), "changed": ("c",), "removed": ("a",), "unchanged": ("b",)}
