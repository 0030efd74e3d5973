"""The records of one day that somebody must look at."""

import pytest

from functions.errors import Rejected
from functions.retrieval.exceptions import MOST, exceptions
from tests.archive import Archive
from tests.functions.retrieval.test_members import search
from tests.make import body_of, make_event, make_post


def unknown(number: int) -> object:
    return make_event(id=f"e{number}", type="cn.wechat.of-tomorrow", time=f"2026-11-22T09:{number % 60:02}:00Z")


def test_a_days_records_are_found_by_their_flag_in_order_of_time() -> None:
    archive = Archive()
    archive.post(make_post(body_of(unknown(7), make_event(), unknown(3))))
    archive.run()

    answer = exceptions("unknown_type", "2026-11-22", search(archive))

    assert [one["sent_at"][14:16] for one in answer["records"]] == ["03", "07"]
    assert answer["complete"]
    assert exceptions("unknown_type", "2026-11-23", search(archive)) == {"records": [], "complete": True}
    assert exceptions("unparsed", "2026-11-22", search(archive)) == {"records": [], "complete": True}


def test_more_than_are_opened_are_said_to_be_more() -> None:
    archive = Archive()
    archive.post(make_post(body_of(*map(unknown, range(MOST + 1)))))
    archive.run()

    answer = exceptions("unknown_type", "2026-11-22", search(archive))

    assert (len(answer["records"]), answer["complete"]) == (MOST, False)


@pytest.mark.parametrize(
    ("flag", "day", "pointer"),
    [("odd", "2026-11-22", "flag"), ("late", None, "day"), ("late", "yesterday", "day")],
)
def test_a_question_of_another_shape_says_where(flag: str, day: str | None, pointer: str) -> None:
    with pytest.raises(Rejected) as refused:
        exceptions(flag, day, search(Archive()))

    assert [fault.pointer for fault in refused.value.faults] == [pointer]
