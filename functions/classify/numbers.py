"""Find identifiers among the numbers of a text: runs of letters and digits, and digits written in groups."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile

from functions.classify import labels
from functions.classify.identifiers import is_date
from functions.classify.labels import LETTERS, Mention
from functions.classify.rules import ALONE, CALLED, PROVINCES, REGIONAL, RESIDENTS, Rule, is_scheme_card
from functions.classify.spans import Place, Span

BLANKS = r" \u00a0\u2000-\u200a\u202f\u3000"
DASHES = r"\-‐‑–—_－.．·•"
LETTERED = "[OoIl]+[0-9][0-9OoIl]*"
NUMBER = re.compile(
    rf"[0-9][0-9A-Za-z]*(?:[{BLANKS}{DASHES}]{{1,3}}(?:[0-9][0-9A-Za-z]*|[Xx](?![0-9A-Za-z])|{LETTERED}))*"
)
ENOUGH = re.compile(rf"[0-9][0-9A-Za-z{BLANKS}{DASHES}]{{4}}")
"""Without this no number has as many characters as the shortest identifier."""
GROUP = re.compile(r"[0-9A-Za-z]+")
LEAST = 5
LONGEST = 25
MOST_GROUPS = 20
GENERIC = frozenset({"account", "card", "document", "permit", "mobile"})
"""What a more particular word nearby overrules."""
MOBILE_GROUPS = frozenset({(3, 4, 4), (3, 3, 5), (4, 4, 3), (4, 3, 4), (3, 5, 3), (3, 8), (7, 4), (5, 6), (3, 4, 2, 2)})
CARD_GROUPS = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 4, 4, 4, 3)})
COUNTRY = re.compile(r"(?:\+ ?86|(?<![0-9])0086|[（(]\+?86[)）]|(?<![0-9A-Za-z+.\-])86)[ \-]{0,2}$|(?<!\+)\+$")
GLUED_BEFORE = re.compile(
    r"[_=#@\\&$¥￥€£%]$|[0-9A-Za-z*][\-.·*]$|(?:^|[^0-9A-Za-z])[a-z]+/$|[./][0-9A-Za-z._\-]*[A-Za-z]/$"
)
CURRENCY = re.compile(r"(?:USD|RMB|CNY|HKD|EUR|HK\$|[$¥￥€£]|人民币|人民幣|港币|港幣|港元|美元|美金|欧元) ?$")
UNITS = r"元|块|圆|圓|塊|万|萬|亿|億|股|份|人民币|美元|港币|港幣|(?:RMB|CNY|USD|HKD)(?![a-z])"
COUNTED = (
    r"户(?![名口])|戶(?![名口])|人(?![民工员員])|次|张|張|字节|件|个|個|笔|筆|手(?![机機续續])|天|年|月|吨|倍|本|金币|_"
)
FRACTION = re.compile(r"[0-9][.,]$|_$")
"""Before what is a part of an amount, or of a file's name."""
QUANTITY = re.compile(rf"\.[0-9]{{1,2}}(?![0-9])|\s?(?:{UNITS}|{COUNTED})", re.IGNORECASE)
DATED = frozenset({8, 12, 14})
"""Digits of a day, with or without its time."""
DAY = (4, 2, 2)
SHORT = 3
CENTURIES = frozenset({"19", "20"})
DAY_AFTER = re.compile(r"\s?(?:到期|截止|之前|以前|前|起|止|生效|失效|过期|過期|签发|簽發|开户|開戶)")
GLUED_AFTER = re.compile(
    rf"[_=@\\%]|[\-.][0-9a-z]|\s?(?:{UNITS}|(?:ms|bytes?)(?![a-z])|毫秒|[这這][单單笔筆票]|号?[订訂][单單]|号?工[单單])",
    re.IGNORECASE,
)
AFTER = frozenset("_=@\\%-. 元块圆圓塊万萬亿億股份人美港毫这這号订訂工rRcCuUhHmMbB")
BEFORE = frozenset("_=#@\\&$¥￥€£%*-.·/ DBYR币幣元金")
AFTER_COUNTRY = frozenset("+6)） -")
ALIKE = re.compile(r"(?=.*[OoIl])(?=(?:.*[0-9]){5})[0-9OoIl]{8,18}[0-9OoIlXx]")
UNLIKE = str.maketrans("OoIl", "0011")
INITIAL = re.compile(r"(?:^|[^0-9A-Za-z])([A-Za-z]{1,2})[ \-]$")
LETTERED_KINDS = frozenset({"passport", "hrp", "exit_hm", "exit_tw", "tw_id", "hkid"})
CARD_LETTERS = frozenset({"WX"})
"""Letters of Hong Kong's identity cards that are also a word."""
HEAD = re.compile(r"[A-Za-z]{2,8}(?=[0-9])")
TAIL = re.compile(r"(?<=[0-9])[A-Za-z]{2,6}$")


@dataclass(slots=True)
class Numbers:
    """One text being read, from left to right."""

    text: str
    places: Sequence[Place]
    """Where its numbers stand."""
    mentioned: Sequence[Mention]
    """The words that name something."""
    taken: Sequence[Span] = ()
    """What was found by how it is written, in order and apart; numbers inside are not looked at again."""
    since: int = 0
    """Where the last number ended: words before it belonged to that."""
    said: tuple[str, ...] = ()
    """What the words call the number being read, the nearest first."""
    rules: Sequence[Rule] = ()
    """What it can be by that."""

    def find(self) -> list[Span]:
        """Every identifier, in order."""
        found: list[Span] = []
        ahead = deque(self.taken)
        for start, end in self.places:
            while ahead and ahead[0][1] <= start:
                ahead.popleft()
            if not (ahead and ahead[0][0] < end):
                found += self._read(start, end)
            self.since = end
        return found

    def _read(self, start: int, end: int) -> list[Span]:
        """What one number is, or what its groups are."""
        groups = self._groups(self._leftmost(start), end)
        self._listen(groups[0][0], end)
        found: list[Span] = []
        at = 0
        while at < len(groups):
            size, span = self._longest(groups[at : at + MOST_GROUPS])
            at += size
            found += span
        return found

    def _leftmost(self, start: int) -> int:
        """Where the letters begin that stand right before a digit."""
        while start and self.text[start - 1] in LETTERS:
            start -= 1
        return start

    def _groups(self, start: int, end: int) -> list[Place]:
        """What stands between signs, without letters at either end that are its label."""
        if self.text[start:end].isdigit():
            return [(start, end)]
        groups = [one.span() for one in GROUP.finditer(self.text, start, end)]
        if self.text[start] in LETTERS:
            groups[0] = self._without_head(*groups[0])
        if self.text[end - 1] in LETTERS:
            groups[-1] = self._without_tail(*groups[-1])
        return groups

    def _without_head(self, start: int, end: int) -> Place:
        """QQ12345678: the letters are its label."""
        head = HEAD.match(self.text, start, end)
        return (
            (head.end(), end)
            if head and labels.is_label(head.group()) and head.group() not in CARD_LETTERS
            else (start, end)
        )

    def _without_tail(self, start: int, end: int) -> Place:
        tail = TAIL.search(self.text, start, end)
        return (start, tail.start()) if tail and labels.is_label(tail.group()) else (start, end)

    def _listen(self, start: int, end: int) -> None:
        """What the words around call this number; a number in a list is called what the one before was."""
        if not self.mentioned:
            return
        if not (self.since and labels.continues(self.text, self.since, start)):
            self.said = labels.before(self.text, self.mentioned, start, self.since)
        self.said = labels.after(self.text, self.mentioned, end) + self.said
        self.rules = _rules(self.said)

    def _longest(self, groups: Sequence[Place]) -> tuple[int, list[Span]]:
        """The most groups that make one identifier, and how many they are."""
        if len(groups) == 1:
            ((start, end),) = groups
            return 1, self._identifier((start, end), self.text[start:end], (end - start,))
        groups = self._even(groups)
        runs = [self.text[start:end] for start, end in groups]
        for count in range(len(groups), 0, -1):
            sizes = tuple(map(len, runs[:count]))
            found = self._identifier((groups[0][0], groups[count - 1][1]), "".join(runs[:count]), sizes)
            if found:
                return count, found
        return 1, []

    def _identifier(self, span: Place, run: str, sizes: tuple[int, ...]) -> list[Span]:
        """What this run is, if any rule knows one of its length."""
        if len(run) not in ALONE and not (self.rules and LEAST <= len(run) <= LONGEST):
            return []
        kind = self._kind(run, span, sizes)
        return [(self._begin(span[0], kind), span[1], kind)] if kind else []

    def _even(self, groups: Sequence[Place]) -> Sequence[Place]:
        """The first groups, as far as one and the same sign stands between all of them."""
        between = [self.text[left:right].strip() for (_, left), (right, _) in pairwise(groups)]
        uneven = (at for at, sign in enumerate(between, 1) if sign != between[0])
        return groups[: next(uneven, len(groups))]

    def _kind(self, run: str, span: Place, sizes: tuple[int, ...]) -> str | None:
        if len(sizes) == 2 and "." in self.text[span[0] : span[1]]:  # noqa: PLR2004 - a number with its decimals
            return None
        found = self._alone(run, span, sizes)
        if found is None and self.rules and self._is_quantity(run, span, sizes):
            return None
        found = found or self._called(run, sizes)
        if found is None and len(sizes) == 1 and self.rules and run.isdigit():
            initial = self._initial(span[0])
            found = self._called(initial + run, sizes) if initial else None
        if found is None and not run.isdigit() and ALIKE.fullmatch(run):
            plain = run.translate(UNLIKE)
            found = self._alone(plain, span, sizes) or self._called(plain, sizes)
        return found

    def _alone(self, run: str, span: Place, sizes: tuple[int, ...]) -> str | None:
        for rule in ALONE.get(len(run), ()):
            if rule.test(run) and _is_grouping(rule.kind, run, sizes) and not self._vetoed(rule, run, span):
                return rule.kind
        if sizes in CARD_GROUPS and is_scheme_card(run) and not self._glued(span):
            return "bank_card"
        return None

    def _called(self, run: str, sizes: tuple[int, ...]) -> str | None:
        if len(sizes) > 1 and max(sizes) > 8:  # noqa: PLR2004 - a group of nine is a number of its own
            return None
        for rule in self.rules:
            if rule.test(run):
                return rule.kind
        return None

    def _vetoed(self, rule: Rule, run: str, span: Place) -> bool:
        other = labels.called(labels.OTHER, self.text, self.mentioned, span[0], self.since)
        if rule in RESIDENTS:
            return other and run[:2] not in PROVINCES
        return other or self._glued(span)

    def _glued(self, span: Place) -> bool:
        """Whether it is a part of something longer, or an amount."""
        start, end = span
        if self.text[end : end + 1] in AFTER and GLUED_AFTER.match(self.text, end):
            return True
        if self.text[start - 1 : start] == "+":
            return not self.text.startswith("86", start)
        if self.text[start - 1 : start] not in BEFORE:
            return False
        before = self.text[max(0, start - 24) : start]
        if CURRENCY.search(before) is not None:
            return True
        return GLUED_BEFORE.search(before) is not None and COUNTRY.search(before) is None

    def _is_quantity(self, run: str, span: Place, sizes: tuple[int, ...]) -> bool:
        """Whether it is an amount, a day, a version, a draw: what a word calls it that was said is something else."""
        if len(sizes) > 1 and self._is_list(run, span, sizes):
            return True
        if QUANTITY.match(self.text, span[1]) or FRACTION.search(self.text[max(0, span[0] - 2) : span[0]]):
            return True
        if CURRENCY.search(self.text[max(0, span[0] - 4) : span[0]]):
            return True
        if len(run) not in DATED or not run.isdigit() or run[:2] not in CENTURIES or not is_date(run[:8]):
            return False
        if DAY_AFTER.match(self.text, span[1]):
            return True
        return labels.called("date", self.text, self.mentioned, span[0], self.since)

    def _is_list(self, run: str, span: Place, sizes: tuple[int, ...]) -> bool:
        """2026-07-11, 13.7.39.22, 14 54 87 18 24 71: groups that say something by themselves."""
        if (sizes == DAY and is_date(run)) or 1 < max(sizes) < SHORT:
            return True
        return min(sizes) < SHORT and "." in self.text[span[0] : span[1]]

    def _initial(self, start: int) -> str:
        """The letter that stands before a document's number, with a blank between."""
        if self.text[start - 1 : start] not in {" ", "-"}:
            return ""
        initial = INITIAL.search(self.text[max(0, start - 4) : start])
        return "" if initial is None else initial.group(1)

    def _begin(self, start: int, kind: str) -> int:
        """A country code before a mobile number belongs to it, and so does a letter before a document's."""
        if kind in LETTERED_KINDS and self._initial(start) and self.text[start].isdigit():
            return start - len(self._initial(start)) - 1
        if kind != "mobile" or self.text[start - 1 : start] not in AFTER_COUNTRY:
            return start
        low = max(0, start - 8)
        country = COUNTRY.search(self.text[low:start])
        return start if country is None else low + country.start()


@lru_cache(maxsize=1024)
def _rules(said: Sequence[str]) -> tuple[Rule, ...]:
    """What these words let a number be: the nearest first, and those that may mean anything last."""
    heard = takewhile(lambda one: one not in labels.STOPS, said)
    return tuple(rule for label in sorted(heard, key=GENERIC.__contains__) for rule in _called(label, said))


def _called(label: str, said: Sequence[str]) -> Sequence[Rule]:
    if label in REGIONAL and "mobile" in said:
        return REGIONAL[label]
    if label == "mobile":
        return (*CALLED[label], *(rule for one in said for rule in REGIONAL.get(one, ())))
    return CALLED.get(label, ())


def _is_grouping(kind: str, run: str, sizes: tuple[int, ...]) -> bool:
    """Whether people write it in these groups. What has a check digit may be written in any."""
    if len(sizes) == 1 or kind != "mobile":
        return True
    if len(run) != 11 or (sizes == (3, 8) and is_date(run[3:])):  # noqa: PLR2004 - without its country code
        return False
    return sizes in MOBILE_GROUPS or max(sizes) <= 2  # noqa: PLR2004 - digit by digit, or in pairs
