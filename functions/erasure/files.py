"""The files that go with a record: those that no other names, in every generation that the vault has of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.archive.media import Standing
from functions.capture.media import object_key
from functions.erasure.salt import is_erased
from functions.erasure.target import Target, judge, media_targets, record_target
from functions.erasure.world import Wanted, World
from functions.errors import Tampered, TryLater
from functions.law.erasure import Erase
from functions.law.states import State
from functions.retrieval.find import Found as Row
from functions.retrieval.naming import files_of, names_of

NAMED = "another record names it"
UNSETTLED = timedelta(minutes=15)
"""How long a file is left alone after a record named it, an upload of it came or its sender was told that it is here:
the index may not know the record yet, or intake may not have the capture that is to name it.
As long as an upload permit lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One file, and what is to become of each of its generations."""

    file: bytes
    standing: Standing
    """Its item, as it was before anybody else was asked about it."""
    taken: tuple[Target, ...]
    kept: tuple[tuple[Target, str], ...]
    """With the reason why."""
    retires: bool
    """Whether the generation goes that counts."""


def look(targets: Sequence[Target], wanted: Wanted, world: World, now: datetime) -> Iterator[Found]:
    """Raises TryLater, Tampered; then nothing has been begun."""
    tokens = {token for one in targets for token in one.tokens}
    for file in sorted({file for token in tokens for file in files_of(token, world.files)}):
        standing = world.files.get(file) or Standing()
        generations = media_targets(file, standing, vault=world.vault, archive_id=world.archive_id)
        if not generations:
            continue
        named = _named_by_another(file, wanted, world)
        whys = [(one, _why_kept(one, wanted, world, now, named=named)) for one in generations]
        taken = tuple(one for one, why in whys if why is None)
        retires = not named and object_key(file.hex(), standing.generation) in {one.key for one in taken}
        if retires:
            _check_settled(file, standing, now)
        kept = tuple((one, why) for one, why in whys if why is not None)
        yield Found(file=file, standing=standing, taken=taken, kept=kept, retires=retires)


def _check_settled(file: bytes, standing: Standing, now: datetime) -> None:
    touched = standing.touched_at
    if touched is not None and now < touched + UNSETTLED:
        raise TryLater(f"media {file.hex()}: named or uploaded at {touched}, which may be for another record")


def _why_kept(target: Target, wanted: Wanted, world: World, now: datetime, *, named: bool) -> str | None:
    """None where its salt goes, or is gone. Raises Tampered where it has begun to go and must not."""
    gone = is_erased(target.salt, keyrings=world.keyrings)
    if gone and not world.keyrings.older(target.salt.key):
        return None
    holds = tuple(world.holds.load())
    answer = judge(target, wanted.ground, keyrings=world.keyrings, holds=holds, state=State.ACTIVE, now=now)
    if isinstance(answer, Erase):
        return NAMED if named and not gone else None
    if gone:
        raise Tampered(f"{target.key}: its salt is gone already, and now {answer.rule} forbids it")
    return NAMED if named else f"{answer.rule}: {answer.citation}"


def _named_by_another(file: bytes, wanted: Wanted, world: World) -> bool:
    """Whether a record that can still be opened names the file, by whichever name, besides this one."""
    rows = [
        Row(one, row) for name in names_of(file, world.files) for one in world.postings.query(name) for row in one.rows
    ]
    located = [record_target(one, vault=world.vault, archive_id=world.archive_id) for one in rows]
    others = [one for one in located if one.record_id != wanted.record.hex()]
    return any(not is_erased(one.salt, keyrings=world.keyrings) for one in others)
