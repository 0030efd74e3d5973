"""Archives are looked into, within bounds: depth, members, bytes, ratio, time, memory."""

import bz2
import io
import lzma
import zipfile
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings, strategies as st

from functions.errors import TryLater
from functions.media import bounds
from functions.media.bounds import LARGEST_READ_BYTES, Bomb, Bounded, Budget, Ranged
from functions.media.kinds import detect
from functions.media.rules import Windows, shipped
from functions.media.unpack import Unpacker
from tests.media import MemorySource, make_file
from tests.media_files import EICAR, crowd, encrypted, gzipped, nest, tarred, zeros, zipped


def opened(body: bytes, *, clock: Iterator[float] | None = None) -> Unpacker:
    ticks = clock or iter(lambda: 0.0, 1.0)
    unpacker = Unpacker(shipped().scanner(), Budget(len(body), lambda: next(ticks)))
    unpacker.open(Ranged(MemorySource(body), len(body)), detect(body[:4096]))
    return unpacker


@pytest.mark.parametrize(
    "body",
    [
        zipped(("a.txt", b"a"), ("b/eicar.com", EICAR)),
        zipped(("eicar.com", EICAR), method=zipfile.ZIP_STORED),
        gzipped(EICAR),
        bz2.compress(EICAR),
        lzma.compress(EICAR),
        lzma.compress(b"") + lzma.compress(EICAR),
        lzma.compress(b"a") + bytes(4) + lzma.compress(EICAR),
        tarred(("a", b"a" * 700), ("eicar.com", EICAR)),
        gzipped(tarred(("a", b""), ("eicar.com", EICAR))),
        zipped(("a.tar.gz", gzipped(tarred(("eicar.com", EICAR))))),
        zipped(("a.zip", zipped(("b.zip", zipped(("eicar.com", EICAR)))))),
        tarred(("a.zip", zipped(("eicar.com", EICAR)))),
        gzipped(b"before" * 500_000 + EICAR),
        lzma.compress(b"before" * 500_000 + EICAR),
        zipped(("damaged", b"x"), ("eicar.com", EICAR)).replace(b"damaged", b"damagex", 1),
    ],
    ids=range(15),
)
def test_a_member_is_found_however_deep_it_is_packed(body: bytes) -> None:
    assert opened(body).found == {"FC-0001"}


def test_a_member_is_judged_by_its_name() -> None:
    assert opened(zipped(("报价.pdf.exe", b"MZ"))).found == {"FC-0003"}
    assert opened(tarred(("photo.jpg", b"MZ" + bytes(70)))).found == {"FC-0002"}


@pytest.mark.parametrize(
    "body",
    [
        b"plain text",
        zipped(),
        zipped(("folder/", b""), ("a.txt", b"text")),
        tarred(("a.txt", b"text")),
        gzipped(b""),
        nest(6),
        zipped(("text", b"word " * 400_000)),
    ],
    ids=range(7),
)
def test_what_is_harmless_is_said_to_be_nothing(body: bytes) -> None:
    unpacker = opened(body)

    assert (unpacker.found, unpacker.why) == (set(), set())


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (encrypted(), "encrypted"),
        (zipped(("a", b"a"), method=zipfile.ZIP_BZIP2), "container"),
        (zipped(("a", b"a"), method=zipfile.ZIP_LZMA), "container"),
        (b"Rar!\x1a\x07\x01\0", "container"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(40), "container"),
        (zipped(("word/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")), "container"),
        (nest(7), "too deep"),
        (zipped(("big.zip", zipped(("a", make_file(9 * 2**20))))), "nested archive too large"),
        (zipped(("a", b"a" * 100))[:-30], "damaged"),
        (zipped(("abc", b"a" * 100)).replace(b"abc", b"abd", 1), "damaged"),
        (gzipped(make_file(2000))[:-100], "damaged"),
        (lzma.compress(make_file(2000))[:-100], "damaged"),
        (bz2.compress(make_file(2000))[:-100], "damaged"),
        (b"\xfd7zXZ\0" + bytes(50), "damaged"),
        (tarred(("a", b"a" * 5000))[:3000], "damaged"),
        (tarred(("a", b"a" * 5000))[:600], "damaged"),
        (tarred(("a", b"a"))[:512] + b"x", "damaged"),
        (tarred(("a", b"a")).replace(b"ustar", b"ustax", 1)[:257] + b"ustar" + bytes(300), "damaged"),
        (lzma.compress(b"a", preset=9), "needs too much memory"),
        (zeros(256 * 2**20), "bomb: size"),
        (gzipped(bytes(80 * 2**20)), "bomb: size"),
        (crowd(10_001), "bomb: members"),
        (zipped(*((f"{number:0200}", b"") for number in range(5000))), "bomb: directory"),
    ],
    ids=range(23),
)
def test_what_cannot_be_looked_into_says_why(body: bytes, why: str) -> None:
    unpacker = opened(body)

    assert (unpacker.found, unpacker.why) == (set(), {why})


def test_a_size_less_than_nothing_is_damage() -> None:
    import tarfile

    header = tarfile.TarInfo("a")
    header.size = -5
    block = header.tobuf(tarfile.GNU_FORMAT)

    assert opened(block + bytes(1024)).why == {"damaged"}


def test_time_runs_out() -> None:
    assert opened(zipped(("a", make_file(2**20))), clock=iter(count(0.0, 100.0))).why == {"bomb: time"}


def test_zips_in_zips_are_held_in_memory_up_to_a_bound() -> None:
    inner = zipped(("a", make_file(6 * 2**20)))
    body = zipped(("a.zip", zipped(("b.zip", inner), method=zipfile.ZIP_STORED)), method=zipfile.ZIP_STORED)

    assert opened(zipped(("x.zip", body), method=zipfile.ZIP_STORED)).why == {"nested archive too large"}


def test_a_bomb_inside_a_zip_inside_a_zip_ends_everything() -> None:
    body = zipped(("a.zip", zipped(("b.gz", gzipped(bytes(80 * 2**20))))), ("eicar.com", EICAR))

    unpacker = opened(body)

    assert (unpacker.found, unpacker.why) == (set(), {"bomb: size"})


class Busy(MemorySource):
    def read(self, *, start: int, length: int) -> bytes:
        raise TryLater(f"{start} {length}")


def test_a_busy_bucket_is_no_damage() -> None:
    unpacker = Unpacker(shipped().scanner(), Budget(100, lambda: 0.0))

    with pytest.raises(TryLater):
        unpacker.open(Ranged(Busy(b""), 100), "application/zip")


@given(st.binary(max_size=300), st.sampled_from([zipped(("a", b"abc")), tarred(("a", b"abc")), gzipped(b"abc")]))
@settings(deadline=None, max_examples=150)
def test_whatever_is_written_over_an_archive_there_is_an_answer(noise: bytes, body: bytes) -> None:
    broken = body[:40] + noise + body[40 + len(noise) :]

    assert opened(broken).why <= {"damaged", "encrypted", "container", "bomb: size", "bomb: directory"}


@given(start=st.integers(0, 3000), size=st.integers(-1, 3000), back=st.integers(0, 3000))
def test_a_source_by_range_reads_as_a_file_does(start: int, size: int, back: int) -> None:
    body = make_file(3000)
    mine, other = Ranged(MemorySource(body), len(body)), io.BytesIO(body)

    assert (mine.readable(), mine.seekable()) == (True, True)
    assert mine.seek(start) == other.seek(start)
    assert mine.read(size) == other.read(size)
    assert mine.seek(-back, io.SEEK_END) == other.seek(-back, io.SEEK_END)
    assert mine.read() == other.read()
    assert mine.tell() == other.tell()
    mine.seek(start)
    into = bytearray(100)
    assert bytes(into[: mine.readinto(into)]) == body[start : start + 100]


def test_a_file_is_not_read_before_its_beginning_nor_much_at_once() -> None:
    size = LARGEST_READ_BYTES + 1

    with pytest.raises(OSError, match="before"):
        Ranged(MemorySource(b""), 0).seek(-1)
    for file in (Ranged(MemorySource(bytes(size)), size), Bounded(bytes(size))):
        with pytest.raises(Bomb):
            file.read()
        assert len(file.read(100)) == 100


def test_members_pass_by_once_and_are_counted_once() -> None:
    windows, budget = Windows(shipped().scanner()), Budget(1, lambda: 0.0)
    tapped = bounds.Tapped(io.BytesIO(b"body"), windows, budget, head=b"head")

    assert tapped.read() == b"headbody"
    assert budget.unpacked_bytes == 4
