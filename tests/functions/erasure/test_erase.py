"""An erasure: who may order it, what refuses it, what it takes, and that it takes nothing else."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from functions.canonical import parse_moment
from functions.erasure.erase import erase
from functions.erasure.salt import Done, Version
from functions.errors import Rejected, Tampered, TryLater
from functions.law.erasure import Ground
from functions.law.holds import Hold
from functions.law.locks import Lock
from functions.law.states import State
from functions.retrieval.read import Erased
from functions.retrieval.states import Withheld
from functions.segment import keyring as layout
from functions.segment.keyring import ERASED
from tests.erasing import ACT, LATER, Erasing, MemoryKeyrings
from tests.fakes import Crash, Fuse
from tests.make import make_event
from tests.media import make_file, sha256_hex

FILE = make_file(1000)
EVENTS = tuple(make_event(text, id=f"m-{at}") for at, text in enumerate("一二三"))


def naming(body: bytes, name: str) -> dict[str, object]:
    data = {"conversation": {"id": "room-1"}, "sender": {"id": "account-1"}}
    return make_event(id=name, data={**data, "content": {"type": "file", "media": [{"sha256": sha256_hex(body)}]}})


def every_salt(erasing: Erasing) -> set[bytes]:
    """Of every version of every keyring there is."""
    newest = [one.body for one in erasing.archive.keyrings.stored.values()]
    older = [one.body for versions in erasing.keyrings.covered.values() for one in versions]
    return {salt for body in newest + older for salt in layout.read(body)} - {ERASED}


def is_gone(erasing: Erasing, record_id: str) -> bool:
    erasing.archive.states.kept.clear()
    try:
        erasing.archive.read(record_id)
    except Erased:
        return True
    return False


def test_an_erased_record_cannot_be_opened_and_its_neighbours_can() -> None:
    erasing = Erasing()
    first, gone, last = erasing.deliver(*EVENTS)
    before = every_salt(erasing)

    assert erasing.erase(gone) == "erased_by_key_destruction"
    assert erasing.archive.states.of(gone) is State.ERASED
    assert is_gone(erasing, gone)
    assert [erasing.archive.read(one)["record_id"] for one in (first, last)] == [first, last]
    assert len(before - every_salt(erasing)) == 1
    assert erasing.keyrings.covered == {key: [] for key in erasing.keyrings.covered}


def test_the_certificate_is_found_by_the_record_it_is_about() -> None:
    erasing = Erasing()
    (gone,) = erasing.deliver(EVENTS[0])
    erasing.erase(gone)
    erasing.archive.run()

    found = list(erasing.archive.postings.query(erasing.archive.key.token("about", gone)))
    assert len([row for posting in found for row in posting.rows]) == 2


def test_the_certificate_says_what_was_removed_and_never_more_than_was_done() -> None:
    erasing = Erasing()
    (gone,) = erasing.deliver(EVENTS[0])
    (keyring,) = erasing.archive.keyrings.stored
    erasing.erase(gone)
    begun, certificate = erasing.reports()

    assert begun["result"] == "begun"
    assert begun["taken"][0]["removes"] == ["v0"]
    assert certificate["result"] == "erased_by_key_destruction"
    assert (certificate["record"], certificate["act"], certificate["ground"]) == (gone, ACT, "consent_withdrawn")
    (taken,) = certificate["taken"]
    assert (taken["keyring"], taken["ordinal"]) == (keyring, 0)
    assert taken["removed"] == [{"version": "v0", "request": "request"}]
    assert taken["written"]["request"] == "request"
    assert taken["kms_key"].startswith("arn:")
    said = json.dumps([begun, certificate]).lower()
    assert "anonymis" not in said
    assert "complian" not in said


def test_the_certificate_says_until_when_a_delivery_may_still_hold_it() -> None:
    erasing = Erasing()
    fresh, old = erasing.deliver(*EVENTS[:2])
    received = parse_moment(erasing.archive.read(old)["envelope"]["received_at"])
    erasing.erase(fresh)
    assert parse_moment(erasing.reports()[-1]["delivery_until"]) == received + timedelta(days=31)

    erase(erasing.order(old), world=erasing.world(), now=received + timedelta(days=31))
    assert erasing.reports()[-1]["delivery_until"] is None


def test_a_record_that_was_stored_twice_goes_twice() -> None:
    erasing = Erasing()
    (gone,) = erasing.deliver(EVENTS[0])
    assert erasing.deliver(EVENTS[0]) == [gone]

    erasing.erase(gone)
    assert every_salt(erasing) == set()


def test_erasing_again_changes_nothing() -> None:
    erasing = Erasing()
    (gone, _) = erasing.deliver(*EVENTS[:2])
    erasing.erase(gone)
    stored = dict(erasing.archive.keyrings.stored)

    assert erasing.erase(gone) == "carried_out_before"
    assert erasing.erase(gone, act="another") == "erased_by_key_destruction"
    assert erasing.archive.keyrings.stored == stored


def test_an_order_is_good_for_once_and_what_it_was_refused_or_comes_later_needs_another() -> None:  # G14
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])
    put_hold(erasing)
    assert erasing.erase(record) == "refused"
    assert erasing.acts.ends == {ACT: "failed"}
    erasing.holds.kept.clear()
    told = erasing.reports()

    assert erasing.erase(record) == "carried_out_before"
    assert (len(every_salt(erasing)), erasing.reports()) == (1, told)
    assert erasing.erase(record, act="another") == "erased_by_key_destruction"
    assert erasing.acts.ends["another"] == "done"
    assert erasing.deliver(EVENTS[0]) == [record]
    salts = every_salt(erasing)
    assert erasing.erase(record, act="another") == "carried_out_before"
    assert every_salt(erasing) == salts


@pytest.mark.parametrize("changed", [{"ground": "unlawful"}, {"approved_at": LATER}, {"act": "another"}], ids=str)
def test_what_the_queue_says_otherwise_than_was_approved_is_rejected(changed: dict[str, Any]) -> None:  # G14
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])
    order = erasing.order(record)

    with pytest.raises(Rejected, match="it takes 2 to approve this order"):
        erase(replace(order, **changed), world=erasing.world(), now=LATER)
    assert len(every_salt(erasing)) == 1


def effects() -> int:
    erasing = Erasing()
    gone, _ = erasing.deliver(*EVENTS[:2])
    erasing.use(Fuse())
    erasing.erase(gone)
    return erasing.archive.fuse.count


@pytest.mark.parametrize(("at", "when"), list(product(range(1, effects() + 1), ["before", "after"])))
def test_a_death_at_any_step_is_finished_by_the_next_run_and_costs_no_other_salt(at: int, when: str) -> None:
    erasing = Erasing()
    gone, kept = erasing.deliver(*EVENTS[:2])
    erasing.use(Fuse(at, when))

    with pytest.raises(Crash):
        erasing.erase(gone)
    erasing.use(Fuse())
    assert erasing.archive.read(kept)["record_id"] == kept
    ended = (at, when) == (effects(), "after")
    assert erasing.erase(gone) == ("carried_out_before" if ended else "erased_by_key_destruction")

    assert erasing.acts.ends == {ACT: "done"}
    assert is_gone(erasing, gone)
    assert erasing.archive.read(kept)["record_id"] == kept
    assert len(every_salt(erasing)) == 1
    assert erasing.reports()[-1]["result"] == "erased_by_key_destruction"
    assert "v0" in {
        one for report in erasing.reports() for taken in report["taken"] for one in taken.get("removes", [])
    }


def test_two_erasures_in_one_keyring_at_once_bring_nothing_back() -> None:
    erasing = Erasing()
    one, other, kept = erasing.deliver(*EVENTS)

    class Meanwhile(MemoryKeyrings):
        """Between this room's look and its put, another run erases the neighbour."""

        def replace(self, key: str, body: bytes, *, lock: Lock, over: Version) -> Done:
            erasing.erase(other)
            return super().replace(key, body, lock=lock, over=over)

    world = replace(erasing.world(), keyrings=Meanwhile(erasing.archive.keyrings))
    with pytest.raises(TryLater, match="meanwhile"):
        erase(erasing.order(one), world=world, now=LATER)
    erasing.erase(one)

    assert is_gone(erasing, one)
    assert is_gone(erasing, other)
    assert erasing.archive.read(kept)["record_id"] == kept
    assert len(every_salt(erasing)) == 1


def test_a_hold_that_comes_between_the_certificate_and_the_end_of_the_act_makes_it_no_failure() -> None:
    erasing = Erasing()
    gone, _ = erasing.deliver(*EVENTS[:2])
    erasing.use(Fuse(effects(), "before"))
    with pytest.raises(Crash):
        erasing.erase(gone)
    erasing.use(Fuse())
    put_hold(erasing)

    assert erasing.erase(gone) == "erased_by_key_destruction"
    assert [one["result"] for one in erasing.reports()] == ["begun", "erased_by_key_destruction"]
    assert erasing.acts.ends == {ACT: "done"}


def test_an_order_that_two_people_did_not_give_is_rejected() -> None:
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])

    with pytest.raises(Rejected, match="it takes 2 to approve"):
        erasing.erase(record, approved=False)
    assert len(every_salt(erasing)) == 1


@pytest.mark.parametrize("changed", [{"kind": "restrict"}, {"record": None}, {"ground": "boredom"}, {"ground": None}])
def test_what_is_no_order_to_erase_is_rejected(changed: dict[str, object]) -> None:
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])
    order = replace(erasing.order(record), **changed)  # type: ignore[arg-type]

    with pytest.raises(Rejected, match="not an order to erase"):
        erase(order, world=erasing.world(), now=LATER)


def test_a_record_that_the_index_does_not_know_waits() -> None:
    with pytest.raises(TryLater, match="does not know"):
        Erasing().erase("ab" * 24)


def put_hold(erasing: Erasing) -> None:
    erasing.holds.kept["h"] = Hold(
        id="h",
        matter="0a" * 16,
        custodians=frozenset({erasing.archive.key.token("participant", "account-1")}),
        conversations=frozenset(),
        sent_from=None,
        sent_until=None,
        placed_by_act="h",
    )


def test_a_hold_on_the_list_refuses_and_names_itself() -> None:
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])
    put_hold(erasing)

    assert erasing.erase(record) == "refused"
    assert len(every_salt(erasing)) == 1
    assert erasing.reports()[-1]["citation"] == "on hold: h"
    assert erasing.archive.read(record)["record_id"] == record


def test_a_hold_that_only_s3_knows_of_refuses_as_well() -> None:
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])
    erasing.keyrings.held.update(erasing.archive.keyrings.stored)

    assert erasing.erase(record) == "refused"
    assert erasing.reports()[-1]["citation"] == "on hold: s3"


def test_a_hold_that_comes_after_the_check_keeps_the_older_version_and_the_order_waits() -> None:
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])

    class Meanwhile(MemoryKeyrings):
        def older(self, key: str) -> list[str]:
            self.held.add(key)
            return super().older(key)

    world = replace(erasing.world(), keyrings=Meanwhile(erasing.archive.keyrings))
    with pytest.raises(TryLater, match="does not let go"):
        erase(erasing.order(record), world=world, now=LATER)


@pytest.mark.parametrize("removed", [False, True])
def test_a_hold_that_comes_once_it_was_begun_is_told_as_tampered_until_it_is_released(*, removed: bool) -> None:
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])
    (keyring,) = erasing.archive.keyrings.stored
    erasing.use(Fuse(effects() - 1 if removed else 2, "before"))
    with pytest.raises(Crash):
        erasing.erase(record)
    erasing.use(Fuse())
    assert bool(erasing.keyrings.older(keyring)) is not removed
    put_hold(erasing)
    told = erasing.reports()

    said = f"act {ACT}: record {record}: {keyring}: salt 0 is gone already, and now hold forbids it"
    with pytest.raises(Tampered, match=f"^{said}$"):
        erasing.erase(record)
    assert erasing.reports() == told
    assert bool(erasing.keyrings.older(keyring)) is not removed

    erasing.holds.kept.clear()
    assert erasing.erase(record) == "erased_by_key_destruction"
    assert every_salt(erasing) == set()


def test_a_rule_that_comes_once_it_was_begun_restricts_nothing() -> None:
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])
    erasing.use(Fuse(1, "after"))
    with pytest.raises(Crash):
        erasing.erase(record)
    erasing.use(Fuse())
    stored = erasing.archive.keyrings.stored
    for key, one in stored.items():
        stored[key] = replace(one, lock=Lock("COMPLIANCE", LATER + timedelta(days=1)))

    with pytest.raises(Tampered, match=r"now cn\.pipl\.47\.2 forbids it"):
        erasing.erase(record)
    assert erasing.archive.states.of(record) is None


def test_a_record_that_was_erased_and_came_again_is_refused_like_any_other() -> None:
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])
    erasing.erase(record)
    assert erasing.deliver(EVENTS[0]) == [record]
    put_hold(erasing)

    assert erasing.erase(record, act="another") == "refused"
    assert erasing.reports()[-1]["taken"] == []

    erasing.holds.kept.clear()
    erasing.use(Fuse(1, "after"))
    with pytest.raises(Crash):
        erasing.erase(record, act="a third")
    erasing.use(Fuse())
    put_hold(erasing)
    with pytest.raises(Tampered, match="gone already"):
        erasing.erase(record, act="a third")


def test_a_record_under_a_prc_rule_is_restricted_instead() -> None:
    erasing = Erasing(regimes=frozenset({"cn.sec.137"}))
    (record,) = erasing.deliver(EVENTS[0])

    assert erasing.erase(record) == "restricted"
    assert erasing.archive.states.of(record) is State.RESTRICTED
    assert erasing.reports()[-1]["rule"] == "class.fixed"
    assert len(every_salt(erasing)) == 1
    with pytest.raises(Withheld):
        erasing.archive.read(record)


def test_a_wish_is_refused() -> None:
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])

    assert erasing.erase(record, ground=Ground.WISH) == "refused"
    assert erasing.archive.states.of(record) is None


def test_a_frozen_record_waits_for_the_authority() -> None:
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])
    erasing.archive.states.kept[record] = State.SECRET_FROZEN

    assert erasing.erase(record) == "refused"
    assert erasing.reports()[-1]["rule"] == "cn.ssl.34"


def test_a_false_line_in_the_index_erases_nothing() -> None:
    erasing = Erasing()
    _, other = erasing.deliver(*EVENTS[:2])
    items = erasing.archive.postings.items
    for key, posting in items.items():
        items[key] = replace(posting, rows=tuple(replace(row, ordinal=0) for row in posting.rows))

    with pytest.raises(Tampered):
        erasing.erase(other)
    assert len(every_salt(erasing)) == 2


def test_a_false_name_in_the_index_erases_nothing() -> None:
    erasing = Erasing()
    (record,) = erasing.deliver(EVENTS[0])
    other = b"x" * 16
    for posting in list(erasing.archive.postings.items.values()):
        erasing.archive.postings.put([replace(posting, token=other)])

    with pytest.raises(Tampered, match="another record in its place"):
        erasing.erase(other.hex() + record[32:])
    assert len(every_salt(erasing)) == 1
