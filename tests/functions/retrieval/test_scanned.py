"""What is inside a capture is given out with it, so its files decide."""

from datetime import datetime
from typing import Any

import pytest

from functions.retrieval.scanned import Asked, Withheld, check_inside, inside
from tests.make import NOW


class Granted:
    """One act that opens one thing."""

    def allows(self, act_id: str, thing: str, *, now: datetime) -> bool:
        return (act_id, thing, now) == ("act", "record", NOW)


def file(verdict: str | None, *rules: str, present: bool = True, reasons: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"present": present, "verdict": verdict, "rule_ids": list(rules), "reasons": list(reasons)}


def checked(*files: dict[str, Any], override: str | None = None) -> None:
    check_inside({"media": list(files)}, "record", Asked(override=override, now=NOW, overrides=Granted()))


def test_the_worst_file_names_the_verdict_and_all_that_are_not_clean_name_the_rules() -> None:
    found = (file("clean"), file("unscannable", reasons=("damaged",)), file("infected", "FC-0002", "FC-0001"))

    with pytest.raises(Withheld) as withheld:
        checked(*found)

    assert str(withheld.value) == "the scan says infected: FC-0001, FC-0002, damaged"
    checked(*found, override="act")
    with pytest.raises(Withheld):
        checked(*found, override="another")


def test_a_record_without_a_file_that_is_not_clean_is_given_out() -> None:
    checked()
    checked(file("clean"), file(None, present=False))


def test_a_file_in_a_record_of_the_format_before_was_not_scanned() -> None:
    with pytest.raises(Withheld) as withheld:
        checked({"present": True})

    assert withheld.value.verdict == inside({"present": True}) == "unscanned"
    assert inside({"present": False}) is None
