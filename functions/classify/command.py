"""Classify texts offline: the officer's bench for tuning lists.

Reads JSON lines {"id": …, "text": …} from standard input, as UTF-8, and writes one JSON line for each, in order:

  {"id": …, "findings": [{"kind", "start", "end", "rule"}], "lexicon": [{"list", "term", "start", "end"}],
   "secrecy": {"suspect": true or false, "reasons": [codes]}, "tier": "general"}

`id` is text or an integer and comes back as it was. Offsets are in code points of the text as given. Codes of reasons:
mark, malformed_mark, mark_exam, level_stated, document_number, copy_number, cue:TERM, kind:KIND, near:KIND; where
`suspect` is false they did not weigh enough. Tiers: core, important, work_secret, general; each line is judged alone,
without what adds up over many.

A line that is not such a line gets {"id": … or null, "error": "line N: reason"} in its place, and the exit code at the
end is 1. A bad lexicon is refused before anything is read, with file, line and reason, and the exit code is 2.
"""

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

from functions.classify.lexicon import Lexicons, load
from functions.classify.lexicon_fold import fold
from functions.classify.marks import find_signs
from functions.classify.scan import scan
from functions.errors import Rejected
from functions.law.secrecy import assess, weights
from functions.law.tier import Found, decide_tier
from functions.law.tier_rules import tiers

spell = json.JSONEncoder(ensure_ascii=False).encode
SURROGATE = re.compile("[\ud800-\udfff]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
REFUSED = 2  # as argparse exits
INTERRUPTED = 130  # 128 and the signal's number, as shells say it
LEXICON_HELP = """more terms, as often as wanted: a .toml file like those this release ships (version, citation,
jurisdiction, legal_source, read, [[list]] with id, zh-Hans, zh-Hant, en, never), or a text file with a term on each
line, whose list is named by the file's name without its ending. A term is plain (`take this offline`), open at its end
(`guarante*`) or two near each other (`push* w/5 price`: at most five words between)."""


def run(arguments: Sequence[str], lines: Iterable[bytes], out: IO[bytes]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m functions.classify",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--lexicon", metavar="FILE", type=Path, action="append", default=[], help=LEXICON_HELP)
    try:
        lexicons = load(*parser.parse_args(arguments).lexicon)
    except Rejected as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    try:
        return _answer_all(lines, lexicons, out)
    except BrokenPipeError:  # whoever reads has enough, and the interpreter's last flush must not complain either
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _answer_all(lines: Iterable[bytes], lexicons: Lexicons, out: IO[bytes]) -> int:
    """Line by line, each written before the next is read."""
    code = 0
    for number, line in enumerate(lines, start=1):
        answer = _answer(number, line, lexicons)
        code |= "error" in answer
        out.write(spell(answer).encode() + b"\n")
        out.flush()
    return code


def _answer(number: int, line: bytes, lexicons: Lexicons) -> dict[str, Any]:
    try:
        document = _parse(line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line)
    except ValueError as error:
        return {"id": None, "error": f"line {number}: {error}"}
    id_, text = document.get("id"), document.get("text")
    fault = _fault(id_, text)
    if fault:
        return {"id": id_ if _is_id(id_) else None, "error": f"line {number}: {fault}"}
    return {"id": id_, **classify(str(text), lexicons)}


def _parse(line: bytes) -> dict[str, Any]:
    """Raises ValueError with a reason that quotes nothing."""
    try:
        document = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos}") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON that can be read: a number too long, or nested too deep") from error
    if not isinstance(document, dict):
        raise ValueError('expected an object with "id" and "text"')  # noqa: TRY004 - whoever calls knows one error
    return document


def _fault(id_: Any, text: Any) -> str:
    """What is wrong, or an empty string."""
    if not _is_id(id_):
        return '"id" must be text without lone surrogates, or an integer'
    if not isinstance(text, str):
        return '"text" must be text'
    return "" if _is_unicode(text) else '"text" holds a lone surrogate'


def _is_id(value: Any) -> bool:
    return _is_unicode(value) if isinstance(value, str) else type(value) is int


def _is_unicode(text: str) -> bool:
    return SURROGATE.search(text) is None


def classify(text: str, lexicons: Lexicons) -> dict[str, Any]:
    """What the archive would find in this text."""
    findings, folded = scan([text]), [fold(text)]
    hits = lexicons.search_folded(folded)
    signs = find_signs(folded, hits=hits, findings=findings)
    secrecy = assess([text], signs, digest=_undigested, unread=(), rules=weights())
    found = Found(
        kinds=Counter(one.kind for one in findings), lists=lexicons.count(hits), marks={one.of for one in signs}
    )
    tier = decide_tier(found, counters={}, rules=tiers())
    return {
        "findings": [{"kind": one.kind, "start": one.start, "end": one.end, "rule": one.rule} for one in findings],
        "lexicon": [{"list": one.list, "term": one.term, "start": one.start, "end": one.end} for one in hits],
        "secrecy": {"suspect": secrecy.suspect, "reasons": [reason.code for reason in secrecy.reasons]},
        "tier": tier.name,
    }


def _undigested(_: str) -> str:
    return ""
