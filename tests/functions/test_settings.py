"""Where configuration enters: each room reads exactly the variables it declares."""

from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError

from functions.archive.handler import Settings as ArchiveSettings
from functions.index.handler import Settings as IndexSettings
from functions.intake.handler import Settings as IntakeSettings
from functions.retrieval.handler import Settings as RetrievalSettings
from functions.settings import RoomSettings

ROOMS: list[type[RoomSettings]] = [IntakeSettings, ArchiveSettings, IndexSettings, RetrievalSettings]


class Settings(RoomSettings):
    vault_bucket: str
    lock_mode: Literal["COMPLIANCE", "GOVERNANCE"] = "GOVERNANCE"
    trial_lock_days: Annotated[int, Field(ge=0)] = 0


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
