"""How a gap is closed from outside: a name of ministack is wrapped, and only if it is still what we read."""

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

MINISTACK_VERSION = "1.5.33"

Around = Callable[[Callable[..., Any]], Callable[..., Any]]


class GapMoved(RuntimeError):
    """ministack no longer has the name, or the shape, that a gap was closed on."""


def need(module: ModuleType, name: str) -> Any:
    """Return `module.name`; raises GapMoved with a sentence when it is gone."""
    found = getattr(module, name, None)
    if found is None:
        raise GapMoved(f"{module.__name__} has no {name}: this launcher closes gaps of {MINISTACK_VERSION} alone")
    return found


def function(module: ModuleType, name: str, parameters: str) -> Callable[..., Any]:
    """Return the function `module.name`, whose parameters must be exactly these, in this order."""
    found: Callable[..., Any] = need(module, name)
    actual = " ".join(inspect.signature(found).parameters)
    if actual != parameters:
        raise GapMoved(f"{module.__name__}.{name} takes ({actual}), and this launcher expects ({parameters})")
    return found


def replace(module: ModuleType, name: str, parameters: str, around: Around) -> None:
    """Put `around(original)` in the place of the function `module.name`."""
    setattr(module, name, around(function(module, name, parameters)))


def entry(table: dict[str, Any], key: str, *, where: str) -> Any:
    """Return `table[key]`; raises GapMoved when it is gone, naming the table."""
    if key not in table:
        raise GapMoved(f"{where} has no {key}: this launcher closes gaps of {MINISTACK_VERSION} alone")
    return table[key]
