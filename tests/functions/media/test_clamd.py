"""What a firm's clamd says is understood; what it does not say is never taken for a yes."""

import socket

import pytest
from hypothesis import given, strategies as st

from functions.media.clamd import Endpoint, Heard, Session
from functions.media.scan import CLEAN, INFECTED, UNSCANNABLE, UNSCANNED, decide
from tests.clamd import clamd
from tests.media_files import EICAR


def ask(endpoint: Endpoint, *parts: bytes) -> tuple[Heard, str]:
    session = endpoint.open()
    for part in parts:
        session.feed(part)
    return session.end(), session.name


@pytest.mark.parametrize(
    ("body", "heard"),
    [
        ((b"harmless", b"", bytes(3_000_000)), (Heard.CLEAN, "")),
        ((), (Heard.CLEAN, "")),
        ((EICAR[:20], EICAR[20:]), (Heard.INFECTED, "Eicar-Test-Signature")),
    ],
)
def test_a_file_is_sent_whole_and_the_answer_understood(body: tuple[bytes, ...], heard: tuple[Heard, str]) -> None:
    with clamd() as server:
        assert ask(server.endpoint, *body) == heard

    assert server.seen == [b"".join(body)]


def test_a_file_larger_than_it_takes_is_told_apart_from_a_failure() -> None:
    with clamd(largest=1000) as server:
        assert ask(server.endpoint, *[bytes(2**16)] * 200)[0] in {Heard.TOO_LARGE, Heard.FAILED}
        assert ask(server.endpoint, bytes(2000))[0] is Heard.TOO_LARGE


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"stream: OK",
        b"UNKNOWN COMMAND\0",
        b"stream: Can't allocate memory ERROR\0",
        b"stream: OK\n\0",
        b"\xff\0",
        b"x" * 5000,
    ],
    ids=range(7),
)
def test_whatever_else_it_says_is_a_failure(answer: bytes | None) -> None:
    with clamd(answer=answer) as server:
        assert ask(server.endpoint, b"body") == (Heard.FAILED, "")


def test_a_name_is_kept_short_and_plain() -> None:
    with clamd(answer=b"stream: a b\r\nc{}" + b"x" * 100 + b" FOUND\0") as server:
        heard, name = ask(server.endpoint, b"body")

    assert (heard, name) == (Heard.INFECTED, "a_b__c__" + "x" * 56)


def test_nobody_there_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert ask(Endpoint("127.0.0.1", port), b"body") == (Heard.FAILED, "")


def test_one_that_hangs_up_or_falls_silent_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "patience_seconds", 0.2)
    with clamd(silent=True) as server:
        assert ask(server.endpoint, b"body")[0] is Heard.FAILED
    with socket.create_server(("127.0.0.1", 0)) as mute:
        endpoint = Endpoint("127.0.0.1", mute.getsockname()[1])
        assert ask(endpoint, *[bytes(2**20)] * 30)[0] is Heard.FAILED


REASONS = st.sets(st.sampled_from(["container", "encrypted", "bomb: size", "damaged"]))


@given(found=st.booleans(), why=REASONS, heard=st.sampled_from([None, *Heard]))
def test_nothing_is_clean_unless_everybody_who_was_asked_says_so(
    *, found: bool, why: set[str], heard: Heard | None
) -> None:
    verdict, reasons = decide(found=found, why=why, heard=heard)

    opaque = why - {"container"} if heard is Heard.CLEAN else why
    found = found or heard is Heard.INFECTED
    assert (verdict == INFECTED) == found
    assert (verdict == CLEAN) == (not found and not opaque and heard in {None, Heard.CLEAN})
    assert (verdict == UNSCANNED) == (not found and not why and heard is Heard.FAILED)
    if verdict == UNSCANNABLE:
        assert opaque or heard is Heard.TOO_LARGE
    assert verdict != UNSCANNABLE or reasons
