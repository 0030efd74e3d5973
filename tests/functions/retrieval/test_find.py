"""Records are found by their own id, or by what a gateway calls its event."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from functions.errors import Rejected
from functions.retrieval.find import by_event, by_record_id, hours
from tests.archive import Archive, receipts
from tests.fakes import MemoryPostings
from tests.make import GATEWAY, NOW, body_of, make_event, make_post

MOMENTS = st.datetimes(timezones=st.just(UTC))


def archived(*events: object) -> tuple[Archive, list[dict[str, str]]]:
    archive = Archive()
    answer = archive.post(make_post(body_of(*events)))
    archive.run()
    return archive, receipts(answer)


@pytest.mark.parametrize("text", ["", "0" * 47, "0" * 49, "G" * 48, "0" * 47 + "A", "0" * 46 + "é0"])
def test_what_is_no_record_id_is_refused_with_what_is_expected(text: str) -> None:
    with pytest.raises(Rejected) as refused:
        by_record_id(MemoryPostings(), text)

    assert "48 hex digits" in refused.value.faults[0].detail


def test_an_id_that_nothing_has_finds_nothing() -> None:
    archive, _ = archived(make_event())

    assert by_record_id(archive.postings, "0" * 48) == []


def test_of_two_copies_the_first_stored_comes_first() -> None:
    archive, (receipt,) = archived(make_event())
    archive.now += timedelta(seconds=1)
    archive.post(make_post(body_of(make_event()), webhook_id="d-2"))
    archive.run()

    found = by_record_id(archive.postings, receipt["record_id"])

    assert len(found) == 2
    assert found[0].posting.segment_id < found[1].posting.segment_id
    assert {one.record_id for one in found} == {receipt["record_id"]}


def test_an_event_is_found_in_the_hour_it_was_sent_and_in_no_other() -> None:
    archive, (receipt,) = archived(make_event())
    sent = datetime(2026, 11, 22, 9, 29, 58, tzinfo=UTC)

    there = by_event(archive.postings, archive.key, gateway=GATEWAY, event_id="msg-1", hours=[NOW, sent])
    elsewhere = by_event(
        archive.postings, archive.key, gateway=GATEWAY, event_id="msg-1", hours=[sent + timedelta(hours=5)]
    )

    assert [one.record_id for one in there] == [receipt["record_id"]]
    assert elsewhere == []


def test_another_gateway_does_not_find_it() -> None:
    archive, _ = archived(make_event())

    assert by_event(archive.postings, archive.key, gateway="another", event_id="msg-1", hours=[NOW]) == []


@given(MOMENTS)
def test_the_hour_named_is_looked_at_first_and_then_its_neighbours(sent: datetime) -> None:
    looked_at = list(hours(sent, NOW))

    assert looked_at[0] == sent
    assert all(abs(one - sent) == timedelta(hours=1) for one in looked_at[1:])


def test_without_a_time_the_last_day_is_looked_through_newest_first() -> None:
    looked_at = list(hours(None, NOW))

    assert looked_at == sorted(looked_at, reverse=True)
    assert looked_at[-1] <= NOW - timedelta(hours=23)


@pytest.mark.parametrize("sent", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_time_have_one_neighbour(sent: datetime) -> None:
    assert len(list(hours(sent, NOW))) == 2
