"""An event extends what waits for it and nothing else; locks only ever get longer."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from functions.archive.locks import Locking
from functions.disposition.carry import carry_out
from functions.disposition.orders import Order
from functions.errors import Rejected
from functions.law.locks import Lock
from functions.law.retention import rule_book, until_after
from tests.disposing import Disposing, place, release
from tests.functions.disposition.test_carry import by, held, two_people
from tests.functions.erasure.test_erase import FILE, naming
from tests.make import NOW

ANN = Disposing().participant("ann")
EVENT = Order(
    act="event-1",
    kind="retention.event",
    approved_at=NOW,
    event="relationship_ended",
    at=datetime(2030, 5, 5, tzinfo=UTC),
    custodians=frozenset({ANN}),
)
AML = rule_book().rules["cn.aml.34"]


def waiting(*, regimes: frozenset[str] = frozenset({"cn.aml.34"})) -> Disposing:
    """One record each of ann and bob, whose rules wait for the end of a relationship."""
    disposing = Disposing(regimes=regimes)
    disposing.deliver(by("ann", "m-1"))
    disposing.deliver(by("bob", "m-2"))
    return disposing


def locks(disposing: Disposing) -> list[Lock | None]:
    """Of each segment and then of each keyring, in the order in which they were written."""
    pairs = [(disposing.archive.vault, key) for key in disposing.archive.segments()]
    pairs += [(disposing.archive.keyrings, key) for key in disposing.archive.keyrings.stored]
    return [bucket.stored[key].lock for bucket, key in pairs]


def test_an_event_extends_what_waits_for_it_segment_and_keyring_and_nothing_else() -> None:
    disposing = waiting()
    before = locks(disposing)
    (done,) = disposing.run(EVENT)
    until = until_after(AML, datetime(2030, 5, 5, tzinfo=UTC).date())
    longer = Lock("COMPLIANCE", datetime.combine(until, datetime.min.time(), UTC))

    assert done.pairs == 1
    assert locks(disposing) == [longer, before[1], longer, before[3]]
    assert before[0] is not None
    assert longer.until > before[0].until


def test_an_event_that_would_shorten_changes_nothing() -> None:
    disposing = waiting()
    before = locks(disposing)
    (done,) = disposing.run(replace(EVENT, at=datetime(2020, 5, 5, tzinfo=UTC)))

    assert done.pairs == 0
    assert locks(disposing) == before


def test_an_event_told_twice_extends_once() -> None:
    disposing = waiting()

    assert [disposing.run(EVENT)[0].pairs for _ in range(2)] == [1, 0]


def test_an_event_that_nothing_waits_for_changes_nothing() -> None:
    disposing = waiting()
    before = locks(disposing)
    disposing.run(replace(EVENT, event="contract_ended"))
    no_waiting = waiting(regimes=frozenset({"cn.sec.137"}))

    assert locks(disposing) == before
    assert no_waiting.run(EVENT)[0].pairs == 0


def test_a_trial_is_never_extended_beyond_its_cap() -> None:
    disposing = waiting()
    disposing.locking = Locking(mode="GOVERNANCE", trial_days=7)
    before = locks(disposing)
    disposing.run(EVENT)

    assert locks(disposing) == before


def test_the_files_of_a_record_are_kept_as_long_as_the_record() -> None:
    disposing = Disposing(regimes=frozenset({"cn.aml.34"}))
    key = disposing.seal(FILE)
    disposing.deliver(naming(FILE, "m-1"))
    disposing.run(replace(EVENT, custodians=frozenset({disposing.participant("account-1")})))
    (segment,) = disposing.archive.segments()

    stored = disposing.archive.vault.stored
    assert stored[key].lock == stored[segment].lock


def test_where_s3_knows_no_lock_the_whole_one_is_put() -> None:
    disposing = waiting()
    stored = disposing.archive.vault.stored
    first = disposing.archive.segments()[0]
    stored[first] = replace(stored[first], lock=None)
    disposing.run(EVENT)

    assert stored[first].lock is not None


@pytest.mark.parametrize(
    "order",
    [
        replace(EVENT, kind="erasure.request"),
        replace(EVENT, at=None),
        replace(EVENT, event=None),
        replace(release(), hold=None),
        place(),
    ],
    ids=["not ours", "no day", "no event", "no hold", "holds nobody"],
)
def test_what_says_too_little_is_rejected(order: Order) -> None:
    disposing = waiting()

    with pytest.raises(Rejected):
        disposing.carry_out(order)


@pytest.mark.parametrize("people", [0, 1])
def test_a_release_that_two_people_have_not_approved_is_rejected(people: int) -> None:
    disposing = two_people()
    disposing.run(place(disposing.participant("ann")))
    disposing.acts.approvals = {release().digest: people}

    with pytest.raises(Rejected, match="it takes 2 to approve"):
        carry_out(release(), world=disposing.disposition(), now=NOW)
    assert held(disposing) == (1, 1)
