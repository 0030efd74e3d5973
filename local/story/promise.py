"""A promise of the product, whether it held, and what showed it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Promise:
    name: str
    """What is promised, as a sentence without its full stop."""
    kept: bool
    evidence: str
    """What was seen, in a line."""


def weigh(name: str, seen: Sequence[tuple[str, bool]], *, evidence: str) -> Promise:
    """A promise that many things were seen for: `evidence` if all speak for it, else what speaks against it.

    Nothing seen is nothing kept.
    """
    against = [what for what, well in seen if not well]
    if against or not seen:
        return Promise(name, kept=False, evidence="; ".join(against) or "nothing was seen")
    return Promise(name, kept=True, evidence=evidence)


def broken(promises: Iterable[Promise]) -> list[Promise]:
    return [promise for promise in promises if not promise.kept]


def exit_code(promises: Sequence[Promise]) -> int:
    """0 only if there are promises and every one of them held."""
    return 0 if promises and not broken(promises) else 1


def summary(promises: Sequence[Promise]) -> Table:
    table = Table(title="What the archive promises", title_justify="left", show_lines=False)
    table.add_column("promise", ratio=5)
    table.add_column("held")
    table.add_column("seen", ratio=4)
    for promise in promises:
        held = Text("yes", style="green") if promise.kept else Text("NO", style="bold red")
        table.add_row(Text(promise.name), held, Text(promise.evidence))
    return table
