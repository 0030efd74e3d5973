"""What is closed is not shown, whichever way it is asked for."""

import pytest

from functions.capture.capture import Flag
from functions.errors import Rejected, Tampered
from functions.index.postings import Posting, Row
from functions.law.states import State, Use
from functions.retrieval.find import Found, by_record_id
from functions.retrieval.naming import MOST_ASKED, naming
from functions.retrieval.read import Erased, World, read, record_id_of
from functions.retrieval.states import Withheld, asked_use, check, check_any, state_of
from functions.segment.directory import Entry
from functions.web import Request
from tests.archive import ARCHIVE_ID, Archive, receipts
from tests.fakes import MemoryDictionaries, MemoryOverrides, MemoryPostings, MemoryReader, MemoryStates
from tests.functions.retrieval.test_links import deliver, linked, native
from tests.make import NOW, body_of, make_event, make_post, seconds

ACT = "01932e4b-7c00-7000-8000-000000000001"
SHA256 = "ab" * 32
THING = b"r" * 24


def found(archive: Archive, record_id: str) -> Found:
    return by_record_id(archive.postings, record_id)[0]


def world(archive: Archive) -> World:
    return World(
        archive_id=ARCHIVE_ID,
        vault=MemoryReader(archive.vault),
        keyrings=MemoryReader(archive.keyrings),
        unwrap=archive.keys.unwrap,
        dictionaries=MemoryDictionaries(archive.vault),
        states=archive.states,
    )


@pytest.fixture
def archive() -> Archive:
    return Archive()


@pytest.fixture
def record_id(archive: Archive) -> str:
    answer = archive.post(make_post(body_of(make_event("一"))))
    archive.run()
    return receipts(answer)[0]["record_id"]


@pytest.mark.parametrize("state", [State.RESTRICTED, State.SECRET_FROZEN])
def test_what_is_restricted_or_frozen_is_withheld_by_its_rule(archive: Archive, record_id: str, state: State) -> None:
    archive.states.kept[record_id] = state

    with pytest.raises(Withheld) as withheld:
        read(found(archive, record_id), copies=1, world=world(archive))
    assert withheld.value.refused.rule in {"cn.pipl.47.2", "cn.ssl.34"}


def test_nothing_that_is_closed_is_decrypted(archive: Archive, record_id: str) -> None:
    archive.states.kept[record_id] = State.RESTRICTED
    archive.keys.known.clear()

    with pytest.raises(Withheld):
        read(found(archive, record_id), copies=1, world=world(archive))


def test_a_restricted_record_serves_a_statutory_use(archive: Archive, record_id: str) -> None:
    archive.states.kept[record_id] = State.RESTRICTED

    shown = read(found(archive, record_id), copies=1, world=world(archive), use=Use.STATUTORY)
    assert shown["record_id"] == record_id


def test_what_the_states_call_erased_reads_as_erased_though_its_salt_were_there(
    archive: Archive, record_id: str
) -> None:
    archive.states.kept[record_id] = State.ERASED

    with pytest.raises(Erased):
        read(found(archive, record_id), copies=1, world=world(archive), use=Use.STATUTORY)


def test_a_withheld_neighbour_is_no_link_and_the_links_say_that_they_are_incomplete(archive: Archive) -> None:
    original, recall = deliver(archive, make_event(), native())
    assert linked(archive, original)["recalled_by"] == [recall]

    archive.states.kept[recall] = State.RESTRICTED
    assert linked(archive, original) == {
        "recalls": [],
        "recalled_by": [],
        "opens": [],
        "opened_by": [],
        "complete": False,
    }


@pytest.mark.parametrize(
    ("state", "flags", "expected"),
    [
        (None, 0, State.ACTIVE),
        (None, Flag.RESTRICTED, State.RESTRICTED),
        (State.ACTIVE, Flag.RESTRICTED, State.ACTIVE),
        (State.ERASED, 0, State.ERASED),
    ],
)
def test_an_acts_word_stands_over_how_a_record_was_archived(state: State | None, flags: int, expected: State) -> None:
    states = MemoryStates({"a": state} if state else {})

    assert state_of("a", flags, states) is expected


def test_what_may_be_used_passes() -> None:
    check(State.ACTIVE, Use.READ)
    check_any([], Use.READ)
    check_any([State.RESTRICTED, State.ACTIVE], Use.READ)


def test_what_all_records_of_a_file_forbid_is_withheld_by_the_first() -> None:
    with pytest.raises(Withheld) as withheld:
        check_any([State.SECRET_FROZEN, State.RESTRICTED], Use.READ)
    assert withheld.value.refused.rule == "cn.ssl.34"


def test_a_file_has_the_states_of_the_records_that_name_it(archive: Archive) -> None:
    data = {"content": {"type": "file", "media": [{"sha256": SHA256}]}, "sender": {"id": "a"}}
    data |= {"conversation": {"id": "r"}}
    answer = archive.post(make_post(body_of(*(make_event(id=f"m-{at}", data=data) for at in range(2)))))
    archive.run()
    archive.states.kept[receipts(answer)[1]["record_id"]] = State.RESTRICTED

    token = archive.key.token("media", SHA256)
    assert set(naming(token, postings=archive.postings, items=archive.items, world=world(archive))) == {
        State.ACTIVE,
        State.RESTRICTED,
    }


def test_of_a_file_that_thousands_name_some_are_asked(archive: Archive, record_id: str) -> None:
    posting = found(archive, record_id).posting
    many = MemoryPostings()
    many.put([Posting(**{**{name: getattr(posting, name) for name in posting.__slots__}, "rows": posting.rows * 99})])

    assert len(list(naming(posting.token, postings=many, items=archive.items, world=world(archive)))) == MOST_ASKED


def test_a_directory_line_without_a_token_is_tampering() -> None:
    row = {"offset": 0, "length": 1, "sent_at_ms": 0, "received_at_ms": 0, "kind": 1, "flags": 0}

    with pytest.raises(Tampered, match="no token"):
        record_id_of(Entry(**row, digest=bytes(8), event_digest=bytes(8), tokens=()))


def ask(**query: str) -> Request:
    values = {name: (value,) for name, value in query.items()}
    return Request(method="GET", resource="/records/{record_id}", path={}, headers={}, query=values, body=b"")


OVERRIDES = MemoryOverrides({ACT: (THING, NOW + seconds(60))})


@pytest.mark.parametrize("query", [{}, {"use": "read"}, {"act": ACT}])
def test_a_plain_request_is_plain_reading(query: dict[str, str]) -> None:
    assert asked_use(ask(**query), THING, overrides=OVERRIDES, now=NOW) is Use.READ


def test_an_approved_override_makes_a_use_statutory() -> None:
    assert asked_use(ask(use="statutory", act=ACT), THING, overrides=OVERRIDES, now=NOW) is Use.STATUTORY


@pytest.mark.parametrize("thing", [b"x" * 24, b"m" * 16])
def test_an_override_of_another_thing_opens_nothing(thing: bytes) -> None:
    with pytest.raises(Withheld) as withheld:
        asked_use(ask(use="statutory", act=ACT), thing, overrides=OVERRIDES, now=NOW)
    assert withheld.value.refused.rule == "act.override"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [({"use": "gossip"}, "use"), ({"use": "statutory"}, "act"), ({"use": "statutory", "act": "1"}, "act")],
)
def test_a_use_that_is_none_or_names_no_act_is_refused(query: dict[str, str], pointer: str) -> None:
    with pytest.raises(Rejected) as refused:
        asked_use(ask(**query), THING, overrides=OVERRIDES, now=NOW)
    assert refused.value.faults[0].pointer == pointer


def test_the_row_of_a_posting_is_believed_about_nothing_but_its_place(archive: Archive, record_id: str) -> None:
    """A forged flag in the table does not open what the segment calls restricted, nor close what it does not."""
    one = found(archive, record_id)
    names = {name: getattr(one.row, name) for name in one.row.__slots__}
    forged = type(one)(one.posting, Row(**{**names, "flags": int(Flag.RESTRICTED)}))

    assert read(forged, copies=1, world=world(archive))["record_id"] == record_id
