"""Where configuration enters: each room reads exactly the variables it declares."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError

import functions
from functions.archive.handler import Settings as ArchiveSettings
from functions.errors import Rejected
from functions.index.handler import Settings as IndexSettings
from functions.intake.handler import Settings as IntakeSettings
from functions.media.handler import Settings as MediaSettings
from functions.pull.handler import Settings as PullSettings
from functions.retrieval.handler import Settings as RetrievalSettings
from functions.settings import REGIONS, RoomSettings

ROOMS: list[type[RoomSettings]] = [
    IntakeSettings,
    ArchiveSettings,
    IndexSettings,
    RetrievalSettings,
    MediaSettings,
    PullSettings,
]


class Settings(RoomSettings):
    vault_bucket: str
    lock_mode: Literal["COMPLIANCE", "GOVERNANCE"] = "GOVERNANCE"
    trial_lock_days: Annotated[int, Field(ge=0)] = 0


@pytest.fixture(autouse=True)
def in_beijing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)


def test_the_variables_of_a_room_are_its_fields_in_capitals() -> None:
    assert Settings.variables() == {"VAULT_BUCKET", "LOCK_MODE", "TRIAL_LOCK_DAYS"}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__module__)
def test_every_room_knows_which_archive_it_belongs_to(room: type[RoomSettings]) -> None:
    assert "ARCHIVE_ID" in room.variables()
    assert all(name.isupper() for name in room.variables())


def test_the_environment_is_read_and_what_is_not_ours_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_BUCKET", "vault")
    monkeypatch.setenv("TRIAL_LOCK_DAYS", "7")
    monkeypatch.setenv("SOMETHING_ELSE", "x")

    assert Settings.load() == Settings(vault_bucket="vault", trial_lock_days=7)


def test_a_variable_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAULT_BUCKET", raising=False)

    with pytest.raises(ValidationError, match="vault_bucket"):
        Settings.load()


@pytest.mark.parametrize(
    ("name", "value"), [("LOCK_MODE", "compliance"), ("TRIAL_LOCK_DAYS", "-1"), ("TRIAL_LOCK_DAYS", "x")]
)
def test_a_variable_that_is_malformed_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("VAULT_BUCKET", "vault")
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError, match=name.lower()):
        Settings.load()


def test_settings_do_not_change_once_they_are_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings(vault_bucket="vault").vault_bucket = "other"  # type: ignore[misc]  # the point of the test


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__module__)
@pytest.mark.parametrize(
    "environment",
    [
        {"AWS_REGION": "us-east-1"},
        {"AWS_REGION": "ap-east-1"},
        {"AWS_REGION": "cn-north-1", "AWS_DEFAULT_REGION": "eu-central-1"},
        {"AWS_REGION": ""},
        {},
    ],
    ids=str,
)
def test_no_room_starts_outside_the_mainland(
    monkeypatch: pytest.MonkeyPatch, room: type[RoomSettings], environment: dict[str, str]
) -> None:
    monkeypatch.delenv("AWS_REGION")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(Rejected, match="the archive runs in cn-north-1 or cn-northwest-1 only"):
        room.load()


def test_every_handler_reads_its_settings_and_with_them_where_it_runs() -> None:
    handlers = sorted(Path(functions.__file__).parent.glob("*/handler.py"))

    assert len(handlers) >= 6
    assert [path for path in handlers if "Settings.load()" not in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_both_regions_of_the_mainland_will_do(monkeypatch: pytest.MonkeyPatch, region: str) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("VAULT_BUCKET", "vault")

    assert Settings.load().vault_bucket == "vault"
