"""Marks of secrecy and cues of it: `机密★20年`, a document's number, a level in a form, a work secret's heading.

The form is that of the Law on Guarding State Secrets (2024) art. 22 and GB/T 9704-2012 §7.2: level, star, term. Letters
between characters and stars of other shapes are what people and OCR make of it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from functions.classify.lexicon import Hit
from functions.classify.lexicon_fold import Folded
from functions.classify.scan import Finding
from functions.law.secrecy import Sign

MARK, MALFORMED, EXAM = "mark", "malformed_mark", "mark_exam"
WORK_SECRET = "work_secret_heading"  # noqa: S105 - a heading, no password
LEVEL_STATED, DOCUMENT_NUMBER, COPY_NUMBER = "level_stated", "document_number", "copy_number"

GAP = r"\s{0,4}"
TOP, HIGH, LOW = rf"[绝絕]{GAP}密", rf"[机機]{GAP}密", rf"[秘祕]{GAP}密"
LONGEST_YEARS = {"top": 30, "high": 20, "low": 10}  # Law on Guarding State Secrets (2024) art. 20 (read 2026-11)
LEVEL = rf"(?:(?P<top>{TOP})|(?P<high>{HIGH})|(?P<low>{LOW}))"
STARS = "★☆⭐⭑⭒✦✧✩✪✫✬✭✮✯✰⋆🌟"
NUMBER = r"\d{1,3}|[一二三四五六七八九十]{1,3}"
DATE = r"(?:19|20)\d{2}\s?(?:[年./-]\s?(?:\d{1,2}\s?(?:[月./-]\s?(?:\d{1,2}\s?日?)?)?)?)"
BEFORE = "前|后|後|时|時"
TERM = (
    rf"(?P<term>长期|長期|永久|{DATE}(?:[^\s{STARS}]{{0,12}}?(?:{BEFORE}))?"
    rf"|(?P<number>{NUMBER})\s{{0,2}}(?P<unit>年|[个個箇]?月|[天日])"
    rf"|(?P<condition>[^\s{STARS}]{{1,20}}?(?:{BEFORE})))"
)
CLOSING = r"[\s\]】)）》」』]{0,4}"
MARKED = re.compile(rf"{LEVEL}{CLOSING}(?:(?P<star>[{STARS}])|(?<!\*)\*(?!\*))(?:\s{{0,8}}{TERM})?")
NO_STATE_SECRETS = ("商业", "商業", "工作", "个人", "個人")
"""Whose secrets bear no mark of the state's, though people give them a star."""
EXAMS = ("启用前", "啟用前", "启封前", "啟封前", "开考前", "開考前", "考试开始前", "考试结束前", "考試結束前")
"""How the term of an examination paper ends: `绝密★启用前`, `绝密★本科目考试启用前`."""

WORK = rf"工{GAP}作{GAP}{LOW}"
HEADED = re.compile(
    rf"^[\s\[【(（《「*#★]{{0,8}}(?P<line>{WORK})(?=$|[\s\]】)）》」:：·*{STARS}]|(?:{NUMBER})[年个個月]|长期|長期)"
    rf"|[\[【(（《「](?P<bracket>{WORK})[\]】)）》」]",
    re.MULTILINE,
)
STATED = re.compile(rf"密{GAP}[级級]{GAP}[:：]\s{{0,4}}[\[【(（]?(?:{TOP}|{HIGH}|{LOW})")
NUMBERED = re.compile(r"[〔\[【(（](?:19|20)\d{2}[〕\]】)）]\s{0,4}第?\s?\d{1,5}\s{0,4}[号號]")
HAN_BEFORE = re.compile(r"[\u4e00-\u9fff]{1,12}\Z")
COPIED = re.compile(r"\A\s{0,8}\d{6}[ ]{0,8}\n(?=\s{0,8}\S)|份[号號]\s{0,2}[:：]?\s{0,2}\d{6}(?!\d)")

NEEDED = ("密", "号", "號")
"""Without one of these a text has none of the signs below; a copy number alone means nothing."""
DIGITS = {han: value for value, han in enumerate("一二三四五六七八九", start=1)}

Found = tuple[tuple[int, int], str]


def find_signs(texts: Sequence[Folded], *, hits: Iterable[Hit], findings: Iterable[Finding]) -> tuple[Sign, ...]:
    """Everything that `law.secrecy` may weigh: it knows what counts and how much."""
    cues = [Sign(code=f"cue:{one.term}", of=one.list, field=one.field, start=one.start, end=one.end) for one in hits]
    kinds = [
        Sign(code=f"kind:{one.kind}", of=one.kind, field=one.field, start=one.start, end=one.end) for one in findings
    ]
    return (*find_marks(texts), *cues, *kinds)


def find_marks(texts: Sequence[Folded]) -> tuple[Sign, ...]:
    """Marks, headings and numbers, in order of text and offset. The texts are as lexicons see them."""
    return tuple([sign for field, one in enumerate(texts) if _worth_a_look(one.text) for sign in _marks(field, one)])


def _worth_a_look(text: str) -> bool:
    """Cheap, and exact: nothing else folds to these."""
    return any(one in text for one in NEEDED)


def _marks(field: int, folded: Folded) -> list[Sign]:
    spans = sorted((*folded.span(*span), code) for look in LOOKS for span, code in look(folded.text))
    return [Sign(code=code, of=code, field=field, start=start, end=end) for start, end, code in spans]


def _state_secrets(text: str) -> Iterator[Found]:
    for match in MARKED.finditer(text):
        before = "".join(text[max(0, match.start() - 16) : match.start()].split())
        # An asterisk is a star only with a term after it: `**机密**` is somebody's bold type.
        starred = match["star"] or (match["term"] and not match["condition"])
        if starred and not before.endswith(NO_STATE_SECRETS):
            yield match.span(), _kind_of(match)


def _kind_of(match: re.Match[str]) -> str:
    if (match["condition"] or "").endswith(EXAMS):
        return EXAM
    if match["number"] is None:
        return MARK
    level = next(name for name in LONGEST_YEARS if match[name])
    months = LONGEST_YEARS[level] * 12
    allowed = {"年": months // 12, "天": months * 31, "日": months * 31}.get(match["unit"], months)
    return MARK if 1 <= _value(match["number"]) <= allowed else MALFORMED


def _value(number: str) -> int:
    """Of Western digits, or of Chinese ones up to 99."""
    if number[0] not in DIGITS and number[0] != "十":
        return int(number)
    tens, ten, ones = number.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


def _work_secrets(text: str) -> Iterator[Found]:
    for match in HEADED.finditer(text):
        yield match.span("line" if match["line"] else "bracket"), WORK_SECRET


def _levels(text: str) -> Iterator[Found]:
    return ((match.span(), LEVEL_STATED) for match in STATED.finditer(text))


def _document_numbers(text: str) -> Iterator[Found]:
    """A year in brackets after Chinese characters, as courts do not write theirs."""
    for match in NUMBERED.finditer(text):
        organ = HAN_BEFORE.search(text, max(0, match.start() - 12), match.start())
        if organ:
            yield (organ.start(), match.end()), DOCUMENT_NUMBER


def _copy_numbers(text: str) -> Iterator[Found]:
    return ((match.span(), COPY_NUMBER) for match in COPIED.finditer(text))


LOOKS: tuple[Callable[[str], Iterator[Found]], ...] = (
    _state_secrets,
    _work_secrets,
    _levels,
    _document_numbers,
    _copy_numbers,
)
