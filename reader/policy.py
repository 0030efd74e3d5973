"""`fengcun policy diff`: which records of a sample would be decided otherwise under another policy. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from functions.errors import Rejected
from functions.law.policy import PROFILES, Policy, parse_policy, profile
from reader.errors import Misused, Refused
from reader.show import visible

RECORD_ID = re.compile(r"[0-9a-f]{48}", re.ASCII)
SUBJECTS = ("outcome", "scope", "secrecy", "tier", "consent", "retention")
NONE = "not decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What about one record would be otherwise."""

    record_id: str
    about: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Of one sample."""

    before: str
    after: str
    """The policies, as `name@version`."""
    read: int
    unread: Mapping[str, str]
    """Record id → why it could not be read."""
    changes: tuple[Change, ...]

    def counts(self) -> dict[str, int]:
        """How many records change, by subject; and what the outcomes become."""
        return dict(Counter(change.about for change in self.changes))


def is_ready(named: str) -> bool:
    """Whether it is the name of a ready profile."""
    return named in {path.stem for path in PROFILES.glob("*.toml")}


def read_policy(named: str, text: str | None) -> Policy:
    """A file's text, or without one a ready profile. Raises Misused with file, line, key and reason."""
    try:
        return parse_policy(profile(named) if text is None else text, name=named)
    except Rejected as error:
        raise Misused(str(error)) from error


def record_ids(text: str, *, name: str, sample: int | None) -> list[str]:
    """One a line, each once; of a sample, those whose SHA-256 is smallest, so that it is the same every time."""
    found = list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        word = line.strip().lower()
        if word and RECORD_ID.fullmatch(word) is None:
            raise Misused(f"{name}:{number}: a record id is 48 hex digits")
        found += [word] if word else []
    unique = list(dict.fromkeys(found))
    if sample is None:
        return unique
    return sorted(unique, key=lambda one: sha256(one.encode()).digest())[:sample]


def compare(
    ids: Iterable[str],
    *,
    read: Callable[[str], Mapping[str, Any]],
    decide: Callable[[Mapping[str, Any], Policy], Mapping[str, str]],
    old: Policy,
    new: Policy,
) -> Difference:
    """What cannot be read is told apart; what nobody could say (NoAnswer) ends it."""
    unread, changes, count = dict[str, str](), list[Change](), 0
    for record_id in ids:
        try:
            told = read(record_id)
        except Refused as reason:
            unread[record_id] = str(reason)
            continue
        count += 1
        changes += _changes(record_id, decide(told, old), decide(told, new))
    return Difference(
        before=f"{old.name}@{old.version}",
        after=f"{new.name}@{new.version}",
        read=count,
        unread=unread,
        changes=tuple(changes),
    )


def describe(difference: Difference) -> str:
    """Counts first, then a line for each change."""
    changed = {change.record_id for change in difference.changes}
    lines = [
        f"policies    {difference.before} → {difference.after}",
        f"records     {difference.read} read, {len(changed)} would change, {len(difference.unread)} could not be read",
        *(f"  {about:<10}{count}" for about, count in difference.counts().items()),
        *_lines(difference),
    ]
    return "\n".join(map(visible, lines))


def _lines(difference: Difference) -> Iterator[str]:
    for change in difference.changes:
        yield f"{change.record_id}  {change.about}: {change.before} → {change.after}"
    for record_id, reason in difference.unread.items():
        yield f"{record_id}  not read: {reason}"


def _changes(record_id: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for about in SUBJECTS:
        was, is_now = before.get(about, NONE), after.get(about, NONE)
        if was != is_now:
            yield Change(record_id=record_id, about=about, before=was, after=is_now)
