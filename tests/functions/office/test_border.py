"""An approval is judged by what the archive counted, together with all that was approved in the same year."""

import gc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from functions.archive.ledger import Entry
from functions.errors import AlreadyStored, Tampered, TryLater
from functions.law.border import BorderPolicy, Handover
from functions.law.consent import Standing
from functions.law.export import Approval, Trait, Year
from functions.law.providing import purpose_of
from functions.office.border import ATTEMPTS, SCOPE_DAYS, Border
from tests.fakes import Crash, Fuse
from tests.make import NOW
from tests.measuring import MemoryExports, MemoryScopes, border
from tests.office import Office, act_id, arn, document, read, request

KIND, SCOPE, OTHER_SCOPE = "border.approval", act_id(88), act_id(89)
ALICE, BOB = arn("alice"), arn("bob")
BY_EXEMPTION: dict[str, Any] = {"legal_route": "exempt_contract", "approval_id": "2026-7"}
FIRST, SECOND = act_id(90), act_id(91)
CIIO = BorderPolicy(sectors=frozenset(), ciio=True, exemptions=frozenset())


def persons(first: int, last: int, trait: Trait = Trait.NONE) -> dict[bytes, Trait]:
    return {number.to_bytes(16, "big"): trait for number in range(first, last)}


class Gated(Office):
    """With the real gate, which asks for a contract from `most` persons on."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        super().__init__(fuse)
        self.scopes.add(SCOPE, persons(0, 3))
        self.gates["border"] = self.border.ask
        self.closing["border"] = self.border.approve

    def export(self, number: int = 1, **changed: Any) -> tuple[int, dict[str, Any]]:
        return self.propose(KIND, ALICE, document(KIND, number, **BY_EXEMPTION | changed))

    def gate(self, number: int = 1) -> dict[str, Any]:
        gate: dict[str, Any] = self.show(KIND, BOB, act_id(number))[1]["gate"]
        return gate

    def get(self, resource: str, by: str = ALICE, **path: str) -> tuple[int, dict[str, Any]]:
        return read(self.ask(request("GET", resource, by, path)))


def faults(answer: dict[str, Any]) -> list[str]:
    return [one["pointer"] for one in answer["errors"]]


def test_the_numbers_are_the_archives_own_and_stand_in_the_act() -> None:
    office = Gated()
    assert office.export()[1]["state"] == "proposed"
    assert office.decide(KIND, BOB)[1]["state"] == "done"

    counted = office.gate()["counted"]
    measured = office.scopes.measured(SCOPE)
    assert measured
    assert counted == {
        "records": 3,
        "persons": 3,
        "sensitive_persons": 0,
        "unconsented": 0,
        "tiers": ["general"],
        "scope_sha256": measured.scope_sha256,
        "year": 2026,
        "persons_this_year": 3,
        "sensitive_persons_this_year": 0,
    }


@pytest.mark.parametrize(
    ("changed", "pointer", "says"),
    [
        ({"scope": act_id(5)}, "/scope", "order one with border.scope"),
        ({"scope_sha256": "00" * 32}, "/scope_sha256", "another SHA-256"),
        ({"scope": ...}, "/scope", "required"),
        ({"national_security": ...}, "/national_security", "required"),
        ({"persons": 1}, "", "a key that this act does not have"),
    ],
)
def test_what_cannot_be_approved_is_pointed_at(changed: dict[str, Any], pointer: str, says: str) -> None:
    office = Gated()
    status, answer = office.export(**changed)

    assert (status, faults(answer)) == (422, [pointer])
    assert says in answer["errors"][0]["detail"]
    assert not office.acts.items


def test_a_scope_that_is_too_large_or_too_old_is_not_approved() -> None:
    office = Gated()
    office.scopes.add(OTHER_SCOPE, {}, state="too_large")
    status, answer = office.export(scope=OTHER_SCOPE)
    assert (status, faults(answer)) == (422, ["/scope"])
    assert "smaller" in answer["errors"][0]["detail"]

    office.now = NOW + timedelta(days=SCOPE_DAYS)
    assert office.export(2)[1]["state"] == "proposed"
    office.now += timedelta(seconds=1)
    assert "order it again" in office.export(3)[1]["errors"][0]["detail"]
    assert office.decide(KIND, BOB, act_id(2))[0] == 422
    assert office.state(act_id(2)) == "proposed"
    assert office.exports.kept == {}


def test_the_hash_that_was_looked_at_may_be_named() -> None:
    office = Gated()
    measured = office.scopes.measured(SCOPE)
    assert measured

    assert office.export(scope_sha256=measured.scope_sha256)[1]["state"] == "proposed"


def test_what_concerns_national_security_does_not_leave() -> None:
    office = Gated()

    assert office.export(national_security=True)[1]["state"] == "refused"
    assert "cn.esp.4" in {one["rule"] for one in office.gate()["reasons"] if one["blocks"]}


def crowded() -> Gated:
    """Two scopes of 60,000 persons each, who are not the same: neither alone asks for a contract."""
    office = Gated()
    office.scopes.add(FIRST, persons(0, 60_000))
    office.scopes.add(SECOND, persons(60_000, 120_000))
    return office


def test_of_two_approvals_side_by_side_the_second_is_added_up_with_the_first() -> None:
    office = crowded()
    assert office.export(1, scope=FIRST)[1]["state"] == "proposed"
    assert office.export(2, scope=SECOND)[1]["state"] == "proposed"

    assert office.decide(KIND, BOB, act_id(1))[1]["state"] == "done"
    assert office.decide(KIND, BOB, act_id(2))[1]["state"] == "refused"
    assert office.gate(2)["counted"]["persons_this_year"] == 120_000
    assert office.show(KIND, BOB, act_id(2))[1]["decided"]["by"] == "urn:fengcun:office"
    assert [one.act for one in office.exports.year(2026).approvals] == [act_id(1)]
    again = office.decide(KIND, BOB, act_id(2))
    assert (again[0], again[1]["state"]) == (200, "refused")
    assert office.steps() == ["proposed", "proposed", "approved", "refused"]


def test_a_third_person_cannot_decide_what_a_gate_has_closed() -> None:
    office = crowded()
    office.export(1, scope=FIRST)
    office.export(2, scope=SECOND)
    office.decide(KIND, BOB, act_id(1))
    office.decide(KIND, BOB, act_id(2))

    assert office.decide(KIND, arn("carol"), act_id(2))[0] == 409


def test_what_stays_in_the_country_is_approved_and_does_not_count_as_gone() -> None:
    office = Gated()
    assert office.export(1, country="CN")[1]["state"] == "proposed"
    assert office.decide(KIND, BOB, act_id(1))[1]["state"] == "done"
    assert office.exports.kept == {}

    office.export(2, country="HK")
    office.decide(KIND, BOB, act_id(2))
    assert [one.act for one in office.exports.year(2026).approvals] == [act_id(2)]


@pytest.mark.parametrize("left", [0, 2, 4])
def test_a_scope_whose_people_are_not_all_there_opens_nothing(left: int) -> None:
    office = Gated()
    office.scopes.persons[SCOPE] = persons(0, left)

    with pytest.raises(Tampered, match=f"3 persons were counted, and the table has {left}"):
        office.export()
    assert office.exports.kept == {}


def test_a_year_that_has_lost_a_scope_opens_nothing_and_is_not_shown() -> None:
    office = crowded()
    office.export(1, scope=FIRST)
    office.decide(KIND, BOB, act_id(1))

    del office.scopes.persons[FIRST]
    with pytest.raises(Tampered, match="60000 persons were counted, and the table has 0"):
        office.export(2, scope=SECOND)
    del office.scopes.numbers[FIRST]
    with pytest.raises(Tampered, match="its numbers are lost"):
        office.export(2, scope=SECOND)
    with pytest.raises(Tampered, match="its numbers are lost"):
        office.border.so_far(2026)


class Watched(MemoryScopes):
    """Knows how many handovers were in memory at most while people were read."""

    most = 0

    def people(self, scope: str) -> dict[bytes, Trait]:
        self.most = max(self.most, handovers())
        return super().people(scope)


def handovers() -> int:
    return sum(isinstance(one, Handover) for one in gc.get_objects())


def test_a_year_is_added_up_with_one_scope_at_a_time_in_memory() -> None:
    scopes, exports = Watched(), MemoryExports()
    approvals = [Approval(act=act_id(number), scope=act_id(number), at=NOW) for number in range(9)]
    for one in approvals:
        scopes.add(one.scope, persons(0, 3))
    exports.kept[2026] = Year(year=2026, turn=9, approvals=tuple(approvals))

    before = handovers()
    border(scopes, exports).ask(document(KIND, 10, scope=act_id(0)), NOW)
    assert scopes.most - before <= 2, "the scope's own, and that of the year which was counted last"


class Racing(MemoryExports):
    """Somebody else's approval comes in between, as often as `times`."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def enter(self, year: Year, approval: Approval) -> None:
        if self.times:
            self.times -= 1
            super().enter(year, Approval(act=act_id(70 + self.times), scope=SECOND, at=NOW))
            raise AlreadyStored("somebody was faster")
        super().enter(year, approval)


def test_whoever_is_faster_is_counted_before_the_gate_answers() -> None:
    office = crowded()
    exports = Racing(1)
    made = border(office.scopes, exports)
    said = document(KIND, **BY_EXEMPTION, scope=FIRST)

    assert made.ask(said, NOW)["allowed"]
    assert not made.approve(said, NOW)["allowed"]
    assert [one.act for one in exports.year(2026).approvals] == [act_id(70)]


def test_a_year_that_everybody_writes_to_is_busy() -> None:
    office = crowded()

    with pytest.raises(TryLater, match="at this moment"):
        border(office.scopes, Racing(ATTEMPTS)).approve(document(KIND, **BY_EXEMPTION), NOW)


def test_the_year_is_that_of_beijing() -> None:
    office = Gated()
    late = datetime(2026, 12, 31, 16, tzinfo=UTC)
    measured = office.scopes.numbers[SCOPE]
    office.scopes.numbers[SCOPE] = replace(measured, at=late)
    office.now = late

    office.export()
    office.decide(KIND, BOB)
    assert office.gate()["counted"]["year"] == 2027
    assert list(office.exports.kept) == [2027]


def asked(made: Border, **changed: Any) -> set[str]:
    answer = made.ask(document(KIND, **BY_EXEMPTION | changed), NOW)
    assert answer["allowed"] is not any(one["blocks"] for one in answer["reasons"])
    return {one["rule"] for one in answer["reasons"] if one["blocks"]}


def consent(office: Office, token: bytes, state: str, *, to: str = "a-company", minute: int = 0) -> None:
    standing = Standing(
        purpose=purpose_of(to),
        state=state,  # type: ignore[arg-type]  # one of the law's
        at=NOW - timedelta(hours=1) + timedelta(minutes=minute),
        notice_sha256="",
        category="general",
        method="m",
    )
    office.archive.consents.enter(Entry(token=token, name=f"{state}-{minute}-{to}", standing=standing))


def guardians(office: Office, token: bytes, *, turns_14: date) -> None:
    standing = Standing(
        purpose="records",
        state="granted",
        at=NOW - timedelta(hours=1),
        notice_sha256="",
        category="general",
        method="m",
        guardian=True,
        turns_14=turns_14,
    )
    office.archive.consents.enter(Entry(token=token, name="guardian", standing=standing))


def test_whose_ground_is_consent_must_have_agreed_to_this_very_recipient() -> None:
    office = Gated()
    people = persons(0, 2) | persons(2, 4, Trait.BY_CONSENT)
    office.scopes.add(OTHER_SCOPE, people)
    made = office.border
    first, second = (number.to_bytes(16, "big") for number in (2, 3))

    assert asked(made, scope=OTHER_SCOPE) == {"cn.pipl.39"}
    consent(office, first, "granted")
    consent(office, second, "granted", to="another")
    assert asked(made, scope=OTHER_SCOPE) == {"cn.pipl.39"}
    consent(office, second, "granted")
    assert asked(made, scope=OTHER_SCOPE) == set()
    consent(office, second, "withdrawn", minute=1)
    assert asked(made, scope=OTHER_SCOPE) == {"cn.pipl.39"}


def test_whom_a_guardian_speaks_for_counts_as_sensitive_until_their_birthday_is_over() -> None:
    office = Gated()
    people = persons(0, 2) | persons(2, 4, Trait.BY_CONSENT)
    office.scopes.add(OTHER_SCOPE, people)
    guardians(office, (2).to_bytes(16, "big"), turns_14=date(2026, 11, 23))

    def sensitive(now: datetime) -> tuple[int, int]:
        counted = office.border.ask(document(KIND, scope=OTHER_SCOPE), now)["counted"]
        return counted["sensitive_persons"], counted["sensitive_persons_this_year"]

    assert sensitive(datetime(2026, 11, 23, 15, 59, tzinfo=UTC)) == (1, 1)
    assert sensitive(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == (0, 0)


def through(office: Gated) -> None:
    """What people do until they have an answer: send the same again."""
    calls: tuple[Callable[[], object], ...] = (office.export, lambda: office.decide(KIND, BOB))
    for call in calls:
        try:
            call()
        except Crash:
            office.use(Fuse())
            call()


def effects() -> int:
    office = Gated()
    through(office)
    return office.fuse.count


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_death_at_any_step_leaves_an_approval_that_is_counted_once(when: str) -> None:
    for at in range(1, effects() + 1):
        office = Gated(Fuse(at, when))
        through(office)

        assert office.state() == "done"
        assert [one.act for one in office.exports.year(2026).approvals] == [act_id()]
        assert office.gate()["counted"]["persons_this_year"] == 3


@pytest.mark.parametrize("when", ["before", "after"])
def test_nothing_is_approved_that_its_year_does_not_have(when: str) -> None:
    for at in range(1, effects() + 1):
        office = Gated(Fuse(at, when))
        try:
            office.export()
            office.decide(KIND, BOB)
        except Crash:
            office.use(Fuse())

        if act_id() in office.acts.items and office.state() in {"approved", "done"}:
            assert office.exports.year(2026).has(act_id())


def test_officers_and_auditors_are_shown_a_scope_and_nobody_else() -> None:
    office = Gated()
    office.propose("border.scope", ALICE, document("border.scope", 88))
    path = {"act": SCOPE}

    for by in (ALICE, arn("eve", "auditor")):
        status, shown = office.get("/border/scopes/{act}", by, **path)
        assert (status, shown["state"], shown["counted"]["persons"]) == (200, "ready", 3)
    assert office.get("/border/scopes/{act}", arn("rita", "reviewer"), **path)[0] == 403
    assert office.get("/border/years/{year}", arn("rita", "reviewer"), year="2026")[0] == 403


def test_a_scope_is_shown_before_it_is_counted_and_when_it_is_too_large() -> None:
    office = Gated()
    office.propose("border.scope", ALICE, document("border.scope", 2))
    (order,) = office.orders.sent
    assert order[0] == "border"
    assert "wm-zhang" not in order[1]

    path = {"act": act_id(2)}
    shown = office.get("/border/scopes/{act}", **path)[1]
    assert (shown["state"], shown["measured_at"], shown["counted"]) == ("measuring", None, None)
    office.scopes.add(act_id(2), {}, state="too_large")
    shown = office.get("/border/scopes/{act}", **path)[1]
    assert (shown["state"], shown["counted"]) == ("too_large", None)


@pytest.mark.parametrize("act", [act_id(3), "not-an-id", ""])
def test_a_scope_that_nobody_ordered_is_not_there(act: str) -> None:
    assert Gated().get("/border/scopes/{act}", act=act)[0] == 404


@pytest.mark.parametrize("year", ["26", "year", "20260"])
def test_a_year_has_four_digits(year: str) -> None:
    assert Gated().get("/border/years/{year}", year=year)[0] == 404


def test_a_year_is_shown_with_the_route_that_its_numbers_ask_for() -> None:
    office = Gated()
    assert office.get("/border/years/{year}", year="2026")[1] == {
        "year": 2026,
        "persons": 0,
        "sensitive_persons": 0,
        "route": "exempt",
        "approvals": [],
    }

    office.export()
    office.decide(KIND, BOB)
    shown = office.get("/border/years/{year}", year="2026")[1]
    assert (shown["persons"], shown["route"]) == (3, "exempt")
    assert shown["approvals"] == [{"act": act_id(), "scope": SCOPE, "at": "2026-11-22T09:30:00.000Z"}]
    assert border(office.scopes, office.exports, policy=CIIO).so_far(2026)[2] == "security_assessment"
