"""Terms of any number of lists, found in one pass: which list, which term, where.

Hits hold offsets into the text as given and the term as its list has it, never the text.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from re import compile as pattern

from daachorse import CharwiseDoubleArrayAhoCorasick

from functions.classify.lexicon_file import Lexicon, read_lexicons
from functions.classify.lexicon_fold import Folded, fold
from functions.classify.lexicon_terms import Term
from functions.errors import Rejected

FOLDER = Path(__file__).parent / "lexicons"
REST_OF_WORD = pattern("[0-9a-z]*")
WORD = pattern(r"[0-9a-z']+|[^\W0-9a-z_]")
"""What proximity counts: a run of ASCII letters and digits, or any other single letter, above all a Han character."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One term. Offsets are in code points of the text as given."""

    list: str
    term: str
    field: int
    """Which of the texts."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Use:
    """What a literal is for: part of a term, or (`term` is None) what excludes its list's hits."""

    list: str
    term: Term | None
    part: int = 0


@dataclass(frozen=True, slots=True)
class Lexicons:
    """Lists ready to be searched for."""

    lists: Mapping[str, Lexicon]
    uses: Sequence[Sequence[_Use]]
    automaton: CharwiseDoubleArrayAhoCorasick

    def search(self, texts: Sequence[str]) -> tuple[Hit, ...]:
        """All hits, in order of text and offset. A term that holds another of its list does not hide it."""
        return self.search_folded(list(map(fold, texts)))

    def search_folded(self, texts: Sequence[Folded]) -> tuple[Hit, ...]:
        """The same, of texts that are folded already."""
        return tuple([hit for field, text in enumerate(texts) for hit in self._search_one(field, text)])

    def count(self, hits: Collection[Hit]) -> dict[str, int]:
        """How often each list was hit, by `id@version`: what decisions name."""
        if not hits:
            return {}
        counted = Counter(hit.list for hit in hits)
        return {f"{one}@{self.lists[one].version}": counted[one] for one in sorted(counted)}

    def _search_one(self, field: int, folded: Folded) -> Iterable[Hit]:
        found = self.automaton.find_overlapping(folded.text)
        return _hits(field, folded, self._seen(folded, found)) if found else ()

    def _seen(self, folded: Folded, found: Iterable[tuple[int, int, int]]) -> "_Seen":
        seen = _Seen()
        for start, end, number in found:
            if not folded.whole(start, end) or _cuts(folded.text, start):
                continue
            for use in self.uses[number]:
                prefix = use.term is not None and use.term.parts[use.part].prefix
                if prefix:
                    seen.add(use, (start, _end_of_word(folded.text, end)))
                elif not _cuts(folded.text, end):
                    seen.add(use, (start, end))
        return seen


class _Seen:
    """The parts of terms that stand in one text."""

    def __init__(self) -> None:
        self.parts: dict[tuple[str, Term], tuple[list[Span], list[Span]]] = defaultdict(lambda: ([], []))
        self.never: dict[str, list[Span]] = defaultdict(list)

    def add(self, use: _Use, span: Span) -> None:
        if use.term is None:
            self.never[use.list].append(span)
        else:
            self.parts[use.list, use.term][use.part].append(span)


def build(lexicons: Iterable[Lexicon]) -> Lexicons:
    """Raises Rejected where two lists have one id."""
    lists: dict[str, Lexicon] = {}
    uses: dict[str, list[_Use]] = defaultdict(list)
    for lexicon in lexicons:
        if lexicon.id in lists:
            raise Rejected(f"{lexicon.place}: the list at {lists[lexicon.id].place} has the same id; rename one")
        lists[lexicon.id] = lexicon
        for term in lexicon.terms:
            for number, part in enumerate(term.parts):
                uses[part.literal].append(_Use(lexicon.id, term, number))
        for literal in lexicon.never:
            uses[literal].append(_Use(lexicon.id, None))
    return Lexicons(lists, tuple(uses.values()), CharwiseDoubleArrayAhoCorasick(list(uses)))


@cache
def load(*added: Path) -> Lexicons:
    """What this release ships and the files a deployment adds, built once. Raises Rejected with file, line, reason."""
    return build(lexicon for path in (*sorted(FOLDER.glob("*.toml")), *added) for lexicon in read_lexicons(path))


def _cuts(text: str, at: int) -> bool:
    """Whether `at` lies within a run of ASCII letters and digits. Han characters are letters to `re`, not here."""
    return 0 < at < len(text) and _is_latin(text[at - 1]) and _is_latin(text[at])


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _end_of_word(text: str, at: int) -> int:
    found = REST_OF_WORD.match(text, at) if _is_latin(text[at - 1]) else None
    return found.end() if found else at


def _hits(field: int, folded: Folded, seen: _Seen) -> list[Hit]:
    never = {one: _Intervals(spans) for one, spans in seen.never.items()}
    hits = set[tuple[int, int, str, str]]()
    for (listed, term), parts in seen.parts.items():
        left, right = parts if listed not in never else map(never[listed].outside, parts)
        spans = _pairs(folded.text, left, right, within=term.within) if term.within else left
        hits.update((*folded.span(*span), listed, term.text) for span in spans)
    return [Hit(list=listed, term=term, field=field, start=start, end=end) for start, end, listed, term in sorted(hits)]


class _Intervals:
    """Spans within any of which others do not count."""

    def __init__(self, spans: list[Span]) -> None:
        spans.sort()
        self.starts = [start for start, _ in spans]
        self.ends = list(accumulate((end for _, end in spans), max))

    def outside(self, spans: Iterable[Span]) -> list[Span]:
        return [span for span in spans if not self._hold(span)]

    def _hold(self, span: Span) -> bool:
        before = bisect_right(self.starts, span[0])
        return before > 0 and self.ends[before - 1] >= span[1]


def _pairs(text: str, left: list[Span], right: list[Span], *, within: int) -> Iterator[Span]:
    """Each left part with the nearest right part after it and before it, where they are near enough."""
    if not (left and right):
        return
    words = [match.start() for match in WORD.finditer(text)]
    by_start, by_end = sorted(right), sorted(right, key=lambda span: span[1])
    starts, ends = [start for start, _ in by_start], [end for _, end in by_end]
    for start, end in left:
        after, before = bisect_left(starts, end), bisect_right(ends, start)
        if after < len(starts) and _words(words, end, starts[after]) <= within:
            yield start, by_start[after][1]
        if before and _words(words, ends[before - 1], start) <= within:
            yield by_end[before - 1][0], end


def _words(words: Sequence[int], begin: int, end: int) -> int:
    """How many begin in between."""
    return bisect_left(words, end) - bisect_left(words, begin)
