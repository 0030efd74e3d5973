"""A day's report says what came and what did not, once, and the next one corrects it."""

import base64
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from functions.archive.waiting import CONSENT, Waiting
from functions.canonical import canonical, epoch_ms
from functions.capture.sequence import Range
from functions.completeness import proof
from functions.completeness.streams import came
from functions.completeness.waiting import Waited
from functions.completeness.watch import watch
from functions.errors import Rejected
from functions.law.scope import Roll, Term
from functions.pull.cursor import Cursor, Gap
from functions.wechat.crypto import Credentials
from functions.wechat.message import interpret
from reader.completeness import Answer, Incomplete, describe, verdict, verify
from tests.fakes import Crash, Fuse, MemoryReports
from tests.functions.completeness.room import A_DAY, DAY, KEY, MORNING_AFTER, NOON, Watched
from tests.make import GATEWAY, body_of, make_callback, make_event, make_post
from tests.wecom import CANARY_AES_KEY, CANARY_TOKEN, encrypt, signed_query


def make_term(account: str, *, since: datetime = NOON - 30 * A_DAY, until: datetime | None = None) -> Term:
    return Term(
        token=KEY.token("participant", account), valid_from=since, valid_until=until, regimes=frozenset({"cn.sec.137"})
    )


def test_a_hole_in_a_gateways_numbers_is_named_until_it_is_filled() -> None:
    archive = Watched()
    archive.bring(1, 2, 4, 5)
    archive.now = MORNING_AFTER

    assert archive.watch().gaps == 1
    report = archive.report()
    (stream,) = report["streams"]
    assert not report["complete"]
    assert report["findings"] == {"gap": 1}
    assert (stream["first"], stream["last"], stream["missing"]) == ("1", "5", "1")
    assert [(gap["first"], gap["last"]) for gap in stream["listed"]] == [("3", "3")]

    archive.bring(3, at=MORNING_AFTER + timedelta(hours=1))
    archive.now = MORNING_AFTER + A_DAY
    assert archive.watch().gaps == 0
    report = archive.report(DAY + A_DAY)
    filled = f"gap {stream['stream']} 3-3"
    assert report["complete"]
    assert [(one["about"], one["before"], one["now"]) for one in report["changes"]] == [(filled, 1, 0)]


def test_captures_that_come_late_are_told_by_the_next_report() -> None:
    archive = Watched()
    archive.bring(1)
    archive.now = MORNING_AFTER
    archive.watch()
    archive.now = MORNING_AFTER + timedelta(hours=3)
    event = make_event(id="late", time=NOON.isoformat())
    archive.post(make_post(body_of(event), webhook_id="late", at=archive.now))
    archive.run()
    archive.now = MORNING_AFTER + A_DAY

    archive.watch()

    report = archive.report(DAY + A_DAY)
    about = f"gateway/{GATEWAY}"
    assert report["changes"] == [{"day": str(DAY), "about": about, "before": 1, "now": 2}]
    assert report["previous"] == proof.digest(archive.report()).hex()
    archive.now += A_DAY
    archive.watch()
    assert archive.report(DAY + 2 * A_DAY)["changes"] == [], "what was corrected once is not corrected again"


def test_the_same_days_report_is_made_once_and_has_the_same_bytes() -> None:
    archive = Watched()
    archive.bring(1)
    archive.now = MORNING_AFTER
    first = archive.watch()
    before = archive.reports.get(DAY)
    archive.bring(2, at=MORNING_AFTER + timedelta(minutes=5))

    again = archive.watch()

    assert (first.signed, again.signed) == (1, 0)
    assert first.current
    assert again.current
    assert archive.reports.get(DAY) == before
    assert len(archive.answer()["reports"]) == 1


def test_missed_days_are_made_up_for_and_before_the_first_there_are_none() -> None:
    archive = Watched()
    archive.bring(1)
    archive.now = MORNING_AFTER
    archive.watch()
    archive.now = MORNING_AFTER + 3 * A_DAY

    assert archive.watch().signed == 3

    assert sorted(archive.reports.kept) == [DAY + ahead * A_DAY for ahead in range(4)]


@pytest.mark.parametrize(("silent", "made"), [(7, 7), (8, 7), (30, 7), (31, 7), (400, 7)])
def test_after_a_long_silence_the_last_seven_days_are_made_up_for(silent: int, made: int) -> None:
    archive = Watched()
    archive.bring(1)
    archive.now = MORNING_AFTER
    archive.watch()
    archive.now = MORNING_AFTER + silent * A_DAY

    outcome = archive.watch()

    assert (outcome.signed, outcome.current) == (made, True)
    last = DAY + silent * A_DAY
    assert sorted(archive.reports.kept) == [DAY, *(last - back * A_DAY for back in reversed(range(made)))]
    assert not archive.watch().signed


@pytest.mark.parametrize(("later", "made"), [(0, 1), (1, 1), (3, 3), (9, 7)])
def test_reports_that_only_the_vault_remembers_are_not_made_again(later: int, made: int) -> None:
    archive = Watched()
    archive.bring(1)
    archive.now = MORNING_AFTER
    archive.watch()
    archive.reports.kept.clear()
    archive.now = MORNING_AFTER + later * A_DAY

    assert archive.watch().signed == made
    last = DAY + later * A_DAY
    assert sorted(archive.reports.kept) == [last - back * A_DAY for back in reversed(range(made))]


def test_a_report_names_that_of_the_day_before_and_no_older_one() -> None:
    archive = Watched()
    for day in (DAY - 2 * A_DAY, DAY):
        archive.now = MORNING_AFTER
        archive.watch(asked=day)

    assert archive.report()["previous"] is None

    archive.watch(asked=DAY - A_DAY)
    assert archive.report(DAY - A_DAY)["previous"] == proof.digest(archive.report(DAY - 2 * A_DAY)).hex()
    verify(Answer(archive.answer()), public_key=archive.signer.public_key())


def test_a_day_is_over_two_hours_after_midnight_in_beijing() -> None:
    archive = Watched()
    archive.now = datetime(2026, 11, 22, 17, 59, tzinfo=UTC)
    archive.watch()
    assert list(archive.reports.kept) == [DAY - A_DAY]

    archive.now += timedelta(minutes=1)
    archive.watch()
    assert list(archive.reports.kept) == [DAY - A_DAY, DAY]


def test_a_person_may_ask_for_an_older_day_but_for_none_that_is_not_over() -> None:
    archive = Watched()
    archive.now = MORNING_AFTER

    assert archive.watch(asked=date(2026, 10, 1)).signed == 1
    assert not archive.watch(asked=date(2026, 10, 1)).signed
    with pytest.raises(Rejected, match="not over"):
        archive.watch(asked=DAY + A_DAY)


def test_a_silent_custodian_is_counted_and_nobody_is_named() -> None:
    leaver = make_term("account-gone", until=NOON)
    newcomer = make_term("account-new", since=NOON - A_DAY)
    archive = Watched(roll=Roll([make_term("account-1"), make_term("account-silent"), leaver, newcomer]))
    archive.bring(1)
    archive.now = MORNING_AFTER

    assert archive.watch().silent == 1

    people = archive.report()["custodians"]
    silent = KEY.token("participant", "account-silent").hex()
    assert (people["expected"], people["seen"], people["awaited"], people["silent"]) == (3, 1, 1, 1)
    assert people["listed"] == [{"custodian": silent, "last_seen": None}]
    assert b"account" not in canonical(archive.report())


def test_somebody_falls_silent_after_the_days_the_policy_gives() -> None:
    archive = Watched(roll=Roll([make_term("account-1")]), silent_days=2)
    archive.bring(1)
    for ahead, silent in ((0, 0), (1, 0), (2, 1)):
        archive.now = MORNING_AFTER + ahead * A_DAY
        assert archive.watch().silent == silent
    assert archive.report(DAY + 2 * A_DAY)["custodians"]["listed"][0]["last_seen"] == "2026-11-22T04:00:00.000Z"


def test_a_gateway_that_should_deliver_daily_is_missed_though_it_never_did() -> None:
    archive = Watched(gateways_expected=(GATEWAY, "gateway-two"))
    archive.bring(1)
    archive.now = MORNING_AFTER
    archive.watch()

    assert archive.report()["findings"] == {"absent": 1}
    assert "gateway/gateway-two" in describe(Answer(archive.answer()))


def test_exceptions_of_the_day_are_counted_each_record_once() -> None:
    archive = Watched()
    archive.bring(1, type="com.example.other")
    archive.bring(2, data={"nonsense": True})
    archive.now = MORNING_AFTER
    archive.watch()

    report = archive.report()
    assert report["findings"] == {"unparsed": 1, "unknown_type": 1}
    assert report["complete"]
    assert report["exceptions"]["sealed"] == 0


def test_a_file_that_never_came_is_missing_until_it_does() -> None:
    archive = Watched()
    content = {"type": "image", "media": [{"sha256": "ab" * 32}]}
    data = make_event()["data"] | {"content": content}
    archive.bring(1, data=data)
    archive.now = MORNING_AFTER
    archive.watch()
    assert archive.report()["findings"]["media"] == 1
    assert not archive.report()["complete"]

    archive.items.seal(KEY.token("media", "ab" * 32), generation=0, now=MORNING_AFTER)
    archive.now += A_DAY
    archive.watch()
    assert archive.report(DAY + A_DAY)["complete"]


def test_what_was_dropped_came_all_the_same_and_is_counted_as_dropped() -> None:
    archive = Watched()
    archive.bring(1)
    archive.bring(2, data=make_event()["data"] | {"conversation": {"id": "room-1", "private": True}})
    archive.bring(3)
    archive.now = MORNING_AFTER

    assert archive.watch().gaps == 0

    assert archive.report()["tombstones"] == {"private": 1}
    assert archive.report()["streams"][0]["last"] == "3"


SAID = '{"msgid":"m","msgtype":"text","from":"a","tolist":["b"],"text":{"content":"x"}}'


def chat(seq: str, msgid: str) -> dict[str, Any]:
    return {
        "id": msgid,
        "type": "com.tencent.wecom.chatarchive",
        "data": {"corpid": "ww1", "seq": seq, "msg": SAID},
    }


def bring_chat(archive: Watched, *seqs: int, at: datetime) -> None:
    archive.now = at
    for seq in seqs:
        event = make_event(**chat(str(seq), f"m{seq}"), time=at.isoformat())
        archive.post(make_post(body_of(event), webhook_id=f"c{seq}-{at:%d%H}", at=at))
    archive.run()


def test_a_jump_in_wecoms_numbers_is_information_and_settles_after_five_days() -> None:
    archive = Watched()
    bring_chat(archive, 2**64 - 5, 2**64 - 1, at=NOON)
    archive.now = MORNING_AFTER
    assert archive.watch().gaps == 0
    report = archive.report()
    assert report["complete"]
    assert report["findings"] == {"jump": 1}
    assert report["streams"][0]["missing"] == "3"

    archive.now = NOON + 6 * A_DAY
    archive.watch()
    archive.now += timedelta(hours=1)
    archive.watch()

    (stream,) = archive.report(DAY + 5 * A_DAY)["streams"]
    assert (stream["jumped"], stream["gaps"], stream["last"]) == ("3", 0, str(2**64 - 1))


def test_hours_of_silence_are_counted_from_the_last_message_of_any_source() -> None:
    archive = Watched()
    bring_chat(archive, 1, at=NOON)
    archive.now = NOON + timedelta(hours=13, minutes=59)
    assert archive.watch().overdue_hours == 13
    archive.now = MORNING_AFTER
    archive.watch()
    assert archive.report()["complete"], "a quiet night is none of it"
    archive.now = MORNING_AFTER + 3 * A_DAY
    archive.watch()
    assert archive.report(DAY + 3 * A_DAY)["findings"] == {"overdue": 1}

    archive.now = NOON + 31 * A_DAY
    assert archive.watch().overdue_hours == 0, "a gateway that is gone does not ring for ever"


PLATFORM = Credentials(
    tokens=(CANARY_TOKEN,), keys=(base64.b64decode(CANARY_AES_KEY + "="),), receive_ids=frozenset({"ww1"})
)


def notify(archive: Watched, at: datetime) -> None:
    """WeCom says that there is something."""
    seconds = str(epoch_ms(at) // 1000)
    told = f"<xml><MsgType>event</MsgType><Event>msgaudit_notify</Event><CreateTime>{seconds}</CreateTime></xml>"
    encrypted = encrypt(told.encode(), receive_id="ww1")
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
    archive.now = at
    assert archive.post(make_callback(body, signed_query(encrypted, timestamp=seconds))).body == "success"
    archive.run()


def test_what_was_announced_and_did_not_come_is_overdue_after_half_a_day() -> None:
    archive = Watched(wecom_endpoints={"app": PLATFORM})
    bring_chat(archive, 1, at=NOON)
    notify(archive, NOON + timedelta(hours=1))
    archive.now = MORNING_AFTER
    assert archive.watch().overdue_hours == 13

    report = archive.report()
    assert report["findings"] == {"overdue": 1}
    assert report["chat_archive"]["announced"] == 1
    assert report["chat_archive"]["unanswered_since"] == "2026-11-22T05:00:00.000Z"
    assert "WeCom announced messages at 11-22 13:00" in describe(Answer(archive.answer()))

    bring_chat(archive, 2, at=MORNING_AFTER)
    archive.now = MORNING_AFTER + timedelta(hours=40)
    assert archive.watch().overdue_hours == 0, "WeCom says when there is something, so silence means nothing"


def test_the_pull_rooms_cursor_speaks_for_its_source() -> None:
    archive = Watched(corps={"pull/ww1": "ww1", "pull/ww2": "ww2"})
    gap = Gap(requested_seq=9, last_success=NOON - 6 * A_DAY)
    archive.cursors.kept["ww1"] = Cursor(seq=2**64 - 1, succeeded_at=MORNING_AFTER - timedelta(hours=2), gap=gap)
    archive.now = MORNING_AFTER

    assert archive.watch().overdue_hours == 2

    report = archive.report()
    (pull,) = report["chat_archive"]["pull"]
    assert (pull["seq"], pull["age_minutes"]) == (str(2**64 - 1), 120)
    assert report["findings"] == {"pull_gap": 1}


def test_msgaudit_notify_is_found_again_and_no_other_event() -> None:
    told = b"<xml><MsgType>event</MsgType><Event><![CDATA[msgaudit_notify]]></Event></xml>"

    assert interpret(told).event == "msgaudit_notify"
    assert interpret(told.replace(b"msgaudit_notify", b"subscribe")).event is None


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_death_at_any_step_leaves_one_report_with_one_signature(when: str) -> None:
    undisturbed = Watched()
    undisturbed.bring(1, 3)
    undisturbed.now = MORNING_AFTER
    begun = undisturbed.fuse.count
    undisturbed.watch()
    for at in range(1, undisturbed.fuse.count - begun + 1):
        archive = Watched()
        archive.bring(1, 3)
        archive.now = MORNING_AFTER
        archive.use(Fuse(at, when))
        try:
            archive.watch()
        except Crash:
            archive.use(Fuse())
            archive.watch()

        (only,) = archive.answer()["reports"]
        assert only["report"] == archive.report(), at
        verify(Answer(archive.answer()), public_key=archive.signer.public_key())
        with pytest.raises(Incomplete):
            verdict(Answer(archive.answer()))


def test_of_two_turns_at_once_the_first_report_stands_and_the_other_is_forgotten() -> None:
    class Racing(MemoryReports):
        """Another turn signs while this one looks."""

        def put_once(self, day: date, body: bytes, *, now: datetime) -> None:
            self.kept.setdefault(day, b"{}")
            super().put_once(day, body, now=now)

    archive = Watched()
    archive.reports = Racing()
    archive.now = MORNING_AFTER

    outcome = archive.watch()

    assert (outcome.signed, outcome.current) == (0, True)
    assert archive.reports.kept == {DAY: b"{}"}
    assert archive.queue.sent == 0


def test_numbers_that_have_come_since_are_those_within_the_gap() -> None:
    def one(first: int, last: int) -> Range:
        return Range(first=first, last=last, sent_from=NOON, sent_until=NOON, received_from=NOON, received_until=NOON)

    assert list(came([one(1, 4), one(6, 7), one(9, 20)], 5, 10)) == [(6, 7), (9, 10)]


def test_what_is_held_back_past_its_time_is_decided_again_by_the_hourly_turn() -> None:
    archive = Watched()
    due = archive.now + A_DAY
    archive.waiting.put(
        [Waiting(token=bytes(16), record="ab" * 24, kind=CONSENT, since=archive.now, due=due)],
    )
    archive.now = due

    outcome = watch(archive.watching())

    assert outcome.waited == Waited(decided_again=1, suspects=0)
    assert '{"stored": "held/' + "ab" * 24 + '"}' in archive.queue.waiting.values()
