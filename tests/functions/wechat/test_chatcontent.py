"""What lies inside a message, and the bounds within which it is looked for."""

import pytest

from functions.capture.content import MOST_FILES
from functions.wechat.chatcontent import MOST_LEVELS, MOST_VALUES, SHAPES, Reading, content_of


@pytest.mark.parametrize("msgtype", sorted(SHAPES))
def test_the_content_of_every_type_is_found_under_its_key_and_under_its_own_name(msgtype: str) -> None:
    shape = SHAPES[msgtype]
    content = {shape.needs or "any": "x"}

    for key in filter(None, (shape.key, msgtype)):
        assert content_of({key: content}, msgtype, shape) == content
    assert content_of({"elsewhere": content}, msgtype, shape) is None


@pytest.mark.parametrize("depth", [MOST_LEVELS, MOST_LEVELS - 1])
def test_nesting_is_followed_down_to_a_bound(depth: int) -> None:
    value: object = "x"
    for _ in range(depth):
        value = [value]
    reading = Reading()

    reading.take(value, name="title")

    assert (reading.texts, reading.whole) == ((["x"], True) if depth < MOST_LEVELS else ([], False))


def test_no_more_values_are_looked_at_than_a_bound_allows() -> None:
    reading = Reading()

    reading.take([""] * MOST_VALUES, name="title")

    assert not reading.whole


def test_no_more_files_are_listed_than_a_bound_allows() -> None:
    reading = Reading()

    reading.take([{"md5sum": ""}] * (MOST_FILES + 1))

    assert len(reading.files) == MOST_FILES
    assert not reading.whole


def test_content_that_is_an_object_already_is_read_like_one_in_a_string() -> None:
    reading = Reading()

    reading.take(
        {"item": [{"type": "text", "content": {"content": "x"}}, {"msg_type": "t", "content": '{"ques":"y"}'}]}
    )

    assert (reading.texts, reading.whole) == (["x", "y"], True)
