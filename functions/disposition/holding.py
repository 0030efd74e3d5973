"""Legal holds on segments, and on the files that their records name, whether these are there or not yet.

A file's item names the holds under which it is wanted. It is written first: whoever seals the file later, or names it
later, sees that and holds it himself (docs/adr/0030). Everything here may be done twice.
"""

from collections.abc import Iterable, Mapping, Sequence

from functions.archive.media import Standing
from functions.canonical import from_epoch_ms
from functions.disposition.walk import Found, Pair
from functions.disposition.world import World
from functions.law.holds import Hold, holding
from functions.retrieval.naming import names_of
from functions.segment.directory import Entry


def keep(found: Found, hold: str, world: World) -> int:
    """How many pairs are held now: the segment first, whatever its files are. Raises TryLater, Tampered.

    A hold that was released meanwhile may have let go of them already, so they are let go once more.
    """
    _put(found.pair, world, on=True)
    named = world.ground.named(found.entries)
    # no token but a file's has an item; what one says once the hold is in it may stand for a file sealed just now
    noted = [world.notes.hold(name, hold) for name, standing in named.items() if standing != Standing()]
    late = {bytes.fromhex(file) for one in noted for file in one.files} - named.keys()
    for file in sorted(late):
        world.notes.hold(file, hold)
    files = list(world.ground.media(named.keys() | late))
    for pair in files:
        _put(pair, world, on=True)
    others = world.holds.load()
    if hold not in {one.id for one in others}:
        let_go(found, others, world)
        return 0
    return 1 + len(files)


def let_go(found: Found, others: Sequence[Hold], world: World) -> int:
    """How many pairs are free now: those that no other hold covers. Raises TryLater, Tampered.

    Of two who write to one item the second sees the first: whoever notes another hold meanwhile puts it on after that,
    and if it is lifted once more, what was noted is seen here and it is put back. So it is with a segment and the list.
    """
    named = world.ground.named(found.entries)
    _strike(named, world)
    free = [pair for pair in (found.pair, *world.ground.media(named)) if not _still_held(pair, found, others, world)]
    return sum(_lift(pair, found, world) for pair in free)


def _lift(pair: Pair, found: Found, world: World) -> bool:
    """Whether it stays free: not where another hold has come since the list was read."""
    _put(pair, world, on=False)
    come = _covers(world.holds.load(), found.every) if pair.media is None else _noted(pair.media, world)
    if come:
        _put(pair, world, on=True)
    return not come


def _put(pair: Pair, world: World, *, on: bool) -> None:
    world.vault.hold(pair.key, pair.version_id, on=on)
    world.keyrings.hold(pair.keyring, None, on=on)


def _still_held(pair: Pair, found: Found, others: Sequence[Hold], world: World) -> bool:
    """A segment is held for any of its records, a file for any that names it, indexed or not."""
    if pair.media is not None and _noted(pair.media, world):
        return True
    entries = found.every if pair.media is None else world.ground.naming(pair.media)
    return _covers(others, entries)


def _covers(holds: Sequence[Hold], entries: Iterable[Entry]) -> bool:
    return any(holding(holds, tokens=one.tokens, sent_at=from_epoch_ms(one.sent_at_ms)) for one in entries)


def _noted(file: bytes, world: World) -> bool:
    """Whether an item of any of its names names a hold that stands."""
    items = world.ground.items
    named = {name: items.get(name) or Standing() for name in names_of(file, items)}
    return _strike(named, world)


def _strike(named: Mapping[bytes, Standing], world: World) -> bool:
    """Holds that stand no more are taken out of these items; whether any is left that stands.

    The list is read after the items: what an item names was on the list before, so what is not there was released.
    """
    noted = {name: one.holds for name, one in named.items() if one.holds}
    listed = {hold.id for hold in world.holds.load()} if noted else set()
    for name, holds in noted.items():
        if gone := holds - listed:
            world.notes.strike(name, gone)
    return any(holds & listed for holds in noted.values())
