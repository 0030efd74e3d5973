"""Replaying a folder: everything once, nothing twice, and on from where it stopped. Against the real intake handler."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from rich.console import Console

from local import replay
from local.replaying.folder import BATCH, BATCH_BYTES, Capture, Mark, batches, captures
from local.replaying.journal import Journal
from local.replaying.posting import WAITS
from tests.aws import Stage
from tests.doorway import LOST, UNHEARD, Doorway, doorway
from tests.make import GATEWAY, OTHER_SECRET, SECRET, make_event


@dataclass
class Desk:
    """A person's terminal, an archive that runs, and a folder of captures."""

    door: Doorway
    folder: Path
    data: Path
    console: Console = field(default_factory=lambda: Console(record=True, width=200, quiet=False, soft_wrap=True))
    waited: list[float] = field(default_factory=list)

    def serve(self, **changed: Any) -> None:
        state = {"door": self.door.url, "vault_bucket": "vault-1", "gateways": {GATEWAY: {"secret": SECRET}}}
        self.data.mkdir(exist_ok=True)
        (self.data / "state.json").write_text(json.dumps(state | changed))

    def replay(self, *arguments: str) -> int:
        return replay.main([str(self.folder), *arguments], self.console, self.waited.append)

    def fill(self, count: int, start: int = 0) -> None:
        for number in range(start, start + count):
            (self.folder / f"{number:06}.json").write_bytes(event(number))

    @property
    def posted(self) -> list[list[str]]:
        """Ids of each batch, in the order in which the archive saw them."""
        return [[one["id"] for one in json.loads(request.body)] for request in self.door.seen]

    def text(self) -> str:
        return self.console.export_text()


def event(number: int, **changed: Any) -> bytes:
    return json.dumps(make_event(id=f"m-{number}", **changed)).encode()


@pytest.fixture
def desk(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("FENGCUN_DATA", str(tmp_path / "data"))
    (tmp_path / "captures").mkdir()
    with doorway() as door:
        found = Desk(door=door, folder=tmp_path / "captures", data=tmp_path / "data")
        found.serve()
        yield found


def test_a_folder_goes_in_whole_and_a_second_run_posts_nothing(desk: Desk) -> None:
    desk.fill(2 * BATCH + 5)

    assert desk.replay() == 0
    assert [len(batch) for batch in desk.posted] == [BATCH, BATCH, 5]
    assert desk.replay() == 0

    assert len(desk.posted) == 3
    assert "205 accepted, 0 refused" in desk.text()


def test_it_goes_on_where_it_stopped(desk: Desk) -> None:
    desk.fill(2 * BATCH)
    desk.door.trouble = ["", *[503] * len(WAITS)]

    with pytest.raises(SystemExit, match=r"(?s)it answers 503, 5 times.*100 accepted, 0 refused so far; run it again"):
        desk.replay()
    before = len(desk.posted)
    assert desk.replay() == 0

    assert desk.posted[before:] == [[f"m-{number}" for number in range(BATCH, 2 * BATCH)]]
    assert "100 captures had their answer before" in desk.text()


def test_captures_that_were_added_meanwhile_are_posted_too(desk: Desk) -> None:
    desk.fill(2, start=10)
    desk.replay()
    desk.fill(1)

    desk.replay()

    assert desk.posted == [["m-10", "m-11"], ["m-0"]]


def test_lines_of_a_file_are_captures_and_one_more_line_is_posted_alone(desk: Desk) -> None:
    (desk.folder / "deep").mkdir()
    file = desk.folder / "deep" / "bulk.jsonl"
    file.write_bytes(event(1) + b"\n\n" + event(2) + b"\n")
    desk.replay()
    with file.open("ab") as more:
        more.write(b"\r\n" + event(3))

    assert desk.replay() == 0

    assert desk.posted == [["m-1", "m-2"], ["m-3"]]


def test_refused_captures_are_named_with_the_reason_and_without_a_word_of_them(desk: Desk) -> None:
    (desk.folder / "a.json").write_bytes(event(1))
    (desk.folder / "b.json").write_bytes(b'{"secret": "plans"')
    (desk.folder / "c.jsonl").write_bytes(event(2) + b"\n" + event(3, type="") + b"\n")

    assert desk.replay() == 1

    told = desk.text()
    assert "refused: b.json: the body is not JSON" in told
    assert "refused: c.jsonl:2: /type required" in told
    assert "2 accepted, 2 refused" in told
    assert "plans" not in told


def test_a_batch_without_one_sound_event_is_refused_capture_by_capture(desk: Desk) -> None:
    (desk.folder / "a.jsonl").write_bytes(b"\n".join([event(1, source=""), b"[]", *[b"{}"] * 10]))

    assert desk.replay() == 1

    told = desk.text()
    assert "refused: a.jsonl:1: /source required" in told
    assert "refused: a.jsonl:2: expected a JSON object" in told
    assert "and 2 more" in told


def test_a_folder_without_one_line_of_json_is_not_posted_at_all(desk: Desk) -> None:
    (desk.folder / "a.json").write_bytes(b"NaN")

    assert desk.replay() == 1
    assert desk.posted == []


def test_a_capture_that_is_too_large_travels_alone_and_is_refused(desk: Desk) -> None:
    (desk.folder / "a.json").write_bytes(event(1))
    (desk.folder / "b.json").write_bytes(event(2, data="x" * (4 * 2**20)))
    (desk.folder / "c.json").write_bytes(event(3))

    assert desk.replay() == 1

    assert [len(batch) for batch in desk.posted] == [1, 1, 1]
    assert "refused: b.json: the body has" in desk.text()


@pytest.mark.parametrize("trouble", [LOST, UNHEARD, 429, 500])
def test_a_batch_without_an_answer_is_sent_again_under_the_same_id(desk: Desk, trouble: int | str) -> None:
    desk.fill(3)
    desk.door.trouble = [trouble]

    assert desk.replay() == 0

    assert len({(one.headers["webhook-id"], one.body) for one in desk.door.seen}) == 1
    assert desk.waited == list(WAITS[:2])


def test_when_nobody_listens_it_stops_with_a_sentence(desk: Desk) -> None:
    desk.fill(1)
    desk.serve(door="http://127.0.0.1:9")

    with pytest.raises(SystemExit, match=r"http://127.0.0.1:9 takes nothing: no answer"):
        desk.replay()


def test_with_a_wrong_secret_it_stops_with_the_archives_own_words(desk: Desk) -> None:
    desk.fill(1)
    desk.serve(gateways={GATEWAY: {"secret": OTHER_SECRET}})

    with pytest.raises(SystemExit, match=r"401: .*no configured secret made this signature"):
        desk.replay()


def test_an_archive_that_started_anew_is_filled_anew(desk: Desk) -> None:
    desk.fill(1)
    desk.replay()
    desk.serve(vault_bucket="vault-2")

    desk.replay()
    desk.replay("--again")

    assert desk.posted == [["m-0"]] * 3


def test_a_rate_is_kept(desk: Desk) -> None:
    desk.fill(2 * BATCH)

    desk.replay("--rate", "10")

    assert [round(seconds, -1) for seconds in desk.waited if seconds] == [10, 10]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["/nonexistent"], "is no folder"),
        ([], "holds no captures"),
        (["--gateway", "nobody"], "no gateway 'nobody'; it has: gateway-one"),
    ],
)
def test_what_cannot_be_done_is_said(desk: Desk, arguments: list[str], sentence: str) -> None:
    if "--gateway" in arguments:
        desk.fill(1)
    wanted = arguments if arguments and not arguments[0].startswith("--") else [str(desk.folder), *arguments]

    with pytest.raises(SystemExit, match=sentence):
        replay.main(wanted, desk.console)


def test_without_a_gateway_nobody_may_deliver(desk: Desk) -> None:
    desk.fill(1)
    desk.serve(gateways={})

    with pytest.raises(SystemExit, match="no gateway: nobody may deliver"):
        desk.replay()


def test_without_an_archive_it_says_how_to_start_one(desk: Desk) -> None:
    (desk.data / "state.json").unlink()

    with pytest.raises(SystemExit, match="start the archive with `make serve` first"):
        desk.replay()


@given(torn=st.integers(min_value=0))
def test_a_journal_torn_anywhere_knows_every_whole_line(tmp_path_factory: pytest.TempPathFactory, torn: int) -> None:
    file = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    journal = Journal.open(file)
    for line in (1, 2, 3):
        journal.write([Capture(file="a.jsonl", mark=Mark(line, 10 * line), body=b"{}")], accepted=1, refused=0)
    whole = file.read_bytes()
    cut = whole[: torn % (len(whole) + 1)]
    file.write_bytes(cut)

    found = Journal.open(file)

    assert found.accepted == cut.count(b"\n")
    assert found.done == ({"a.jsonl": Mark(found.accepted, 10 * found.accepted)} if found.accepted else {})
    found.write([Capture(file="b.json", mark=Mark(1, 2), body=b"{}")], accepted=0, refused=1)
    assert Journal.open(file) == found


@settings(max_examples=40)
@given(
    sizes=st.lists(st.sampled_from([1, BATCH_BYTES // 2, BATCH_BYTES, BATCH_BYTES + 1]), max_size=6),
    small=st.integers(0, 250),
)
def test_batches_keep_every_capture_in_order_within_their_bounds(sizes: list[int], small: int) -> None:
    of_size = {size: b"x" * size for size in {1, *sizes}}
    bodies = [of_size[size] for size in (*sizes, *[1] * small)]
    found = [Capture(file="a.jsonl", mark=Mark(at, at), body=body) for at, body in enumerate(bodies)]

    cut = list(batches(found))

    assert [capture for batch in cut for capture in batch] == found
    assert all(len(batch) == 1 or sum(len(one.body) for one in batch) <= BATCH_BYTES for batch in cut)
    assert all(1 <= len(batch) <= BATCH for batch in cut)


def test_a_file_of_lines_is_read_from_its_mark_without_reading_what_lies_before(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(b"never read\n{}\n")

    (found,) = captures(tmp_path, {"a.ndjson": Mark(1, 11)})

    assert (found.place, found.body) == ("a.ndjson:2", b"{}")
