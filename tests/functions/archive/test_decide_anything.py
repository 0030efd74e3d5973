"""Every published message with anything in it changed to anything becomes a record: nothing can stop a batch."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from functions.archive.decide import Known, decide
from functions.archive.draft import draft
from functions.archive.outcome import Vault
from functions.capture.capture import Delivery
from functions.capture.package import unpack
from functions.capture.tokens import Names
from functions.classify.lexicon import load
from functions.wechat import chatarchive
from tests.functions.archive.deciding import make_policy
from tests.functions.builders import INDEX_KEY, make_callback_delivery, make_delivery, make_item
from tests.functions.strategies import json_values
from tests.make import NOW, make_event

DATA = Path(__file__).parents[2] / "data"
EVENTS = Path(__file__).parents[3] / "events"
POLICY = make_policy(regimes=())
LEXICONS = load()
AWKWARD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        2**53,
        2**64,
        -(2**70),
        1e300,
        "",
        " ",
        "\ud83d",
        "\x00",
        "封",
        "0" * 300,
        [],
        [[]],
        {},
        [{}],
        {"": ""},
    ]
)
"""What breaks code that expects something else."""


def samples(*folders: Path) -> list[Any]:
    return [json.loads(path.read_text(encoding="utf-8")) for one in folders for path in sorted(one.glob("[!_]*.json"))]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, (*path, name))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    whole = copy.deepcopy(value)
    inside = whole
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = new
    return whole


@st.composite
def altered(draw: st.DrawFn, of: list[Any]) -> Any:
    """A published document with up to three values replaced."""
    document = draw(st.sampled_from(of))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(list(places(document))))
        document = changed(document, path, draw(AWKWARD | json_values))
    return document


def decided(delivery: Delivery) -> None:
    """Whatever it is, it goes somewhere; and what is kept is kept byte for byte."""
    names = Names(INDEX_KEY)
    one = draft(delivery, delivery.items[0], policy=POLICY, names=names, lexicons=LEXICONS)
    fate = decide(one, Known(), policy=POLICY, names=names, now=NOW)
    if isinstance(fate, Vault):
        assert unpack(fate.record.plain.package)[1][0].body == delivery.capture(delivery.items[0])


@settings(max_examples=200)
@given(altered(samples(DATA / "msgaudit")), st.booleans())
def test_every_message_of_the_chat_archive_becomes_a_record(message: Any, as_text: bool) -> None:  # noqa: FBT001 - drawn
    data = json.dumps(message) if as_text else message
    capture = json.dumps(make_event(data=data)).encode()
    chatarchive.sent_at(json.loads(capture)["data"])

    decided(make_delivery(capture, items=(make_item(capture, event_type=chatarchive.EVENT_TYPE),)))


@settings(max_examples=200)
@given(altered(samples(EVENTS / "intake")))
def test_every_event_of_a_gateway_becomes_a_record(event: Any) -> None:
    capture = json.dumps(event).encode()
    event_type = event.get("type") if isinstance(event, dict) else None

    decided(make_delivery(capture, items=(make_item(capture, event_type=str(event_type or "").replace("\ud83d", "")),)))


@settings(max_examples=200)
@given(altered(samples(DATA / "callbacks")))
def test_every_callback_in_json_becomes_a_record(callback: Any) -> None:
    decided(make_callback_delivery(json.dumps(callback).encode()))


@pytest.mark.parametrize("path", sorted((DATA / "callbacks").glob("*.xml")), ids=lambda path: path.stem)
@given(
    at=st.integers(0, 10_000),
    cut=st.integers(0, 20),
    new=st.binary(max_size=12) | st.sampled_from([b"<", b"&x;", b"]]>"]),
)
@settings(max_examples=5)
def test_every_callback_in_xml_becomes_a_record(path: Path, at: int, cut: int, new: bytes) -> None:
    body = path.read_bytes()
    at %= len(body)

    decided(make_callback_delivery(body[:at] + new + body[at + cut :]))
