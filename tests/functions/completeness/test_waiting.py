"""What waits outside the vault past its time is decided again, or counted."""

from datetime import timedelta

from functions.archive.waiting import CONSENT, QUARANTINE, Waiting
from functions.completeness.waiting import MOST, Waited, look_after
from tests.fakes import MemoryQueue
from tests.fakes_aside import MemoryWaiting
from tests.make import NOW

LATER = timedelta(days=7)


def item(record: str, kind: str = CONSENT, *, person: int = 1) -> Waiting:
    return Waiting(token=bytes([person]) * 16, record=record, kind=kind, since=NOW, due=NOW + LATER)


def look(*items: Waiting, days: int) -> tuple[Waited, list[str]]:
    held, queue = MemoryWaiting(), MemoryQueue()
    held.put(items)
    found = look_after(held, queue, NOW + timedelta(days=days))
    return found, list(queue.waiting.values())


def test_what_still_may_wait_is_left_alone() -> None:
    assert look(item("a"), item("b", QUARANTINE), days=6) == (Waited(decided_again=0, suspects=0), [])


def test_what_nobody_answered_for_in_time_is_decided_again_once_for_all_who_were_asked() -> None:
    found, sent = look(item("a"), item("a", person=2), item("b"), days=7)

    assert found == Waited(decided_again=2, suspects=0)
    assert sent == ['{"stored": "held/a"}', '{"stored": "held/b"}']


def test_suspects_past_their_time_are_counted_and_stay_where_they_are() -> None:
    assert look(item("a", QUARANTINE), item("b", QUARANTINE), days=8) == (Waited(decided_again=0, suspects=2), [])


def test_one_turn_decides_a_bounded_number_again() -> None:
    found, sent = look(*(item(f"{number:05}") for number in range(MOST + 1)), days=7)

    assert found.decided_again == len(sent) == MOST
