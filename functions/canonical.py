"""Canonical JSON (RFC 8785, read 2026-11) and the other ways this archive writes values down as bytes."""

import json
import re
import struct
from datetime import UTC, datetime, timedelta
from typing import Any

ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
PLAIN = frozenset({str, bool, type(None)})
EXACT_INTEGER = 2**53 - 1  # RFC 8785 §3.2.2.3: numbers are IEEE doubles, so larger integers are not portable
MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)  # RFC 3339 §5.6; datetime.fromisoformat takes far more than that


def canonical(value: Any) -> bytes:
    """UTF-8 JSON: the same value always gives the same bytes.

    Raises ValueError on a float, a large integer, a key that is not ASCII text, or a lone surrogate.
    """
    _check(value)
    return ENCODER.encode(value).encode()


def canonical_with(value: dict[str, Any], name: str, written: bytes) -> bytes:
    """`canonical` of an object with one more member, which is canonical JSON already and is not looked at again.

    Raises ValueError as `canonical` does, and when another member anywhere in it has that name.
    """
    # A quote within a text is escaped, so the name with its quotes and colon stands nowhere but where a member begins.
    before, *after = canonical({**value, name: None}).split(f'"{name}":'.encode())
    if len(after) != 1:
        raise ValueError(f"more than one member is called {name!r}")
    return b'%b"%b":%b%b' % (before, name.encode(), written, after[0].removeprefix(b"null"))


def _check(value: Any) -> None:
    left = [value]
    for one in left:  # grows as it goes
        kind = type(one)
        if kind in PLAIN:
            continue
        if kind is dict:
            _check_keys(one)
            left += one.values()
        elif kind is list or kind is tuple:
            left += one
        elif not (kind is int and -EXACT_INTEGER <= one <= EXACT_INTEGER):
            raise ValueError(f"canonical JSON here has no {kind.__name__} outside ±(2^53 - 1)")


def _check_keys(value: dict[Any, Any]) -> None:
    try:
        plain = "".join(value).isascii()
    except TypeError:
        plain = False
    if not plain:
        raise ValueError("canonical JSON here has ASCII keys only")


def lp(value: bytes) -> bytes:
    """A length before the bytes: several values can then be joined without ambiguity."""
    return struct.pack(">I", len(value)) + value


def moment_text(moment: datetime) -> str:
    """RFC 3339, UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_moment(text: str) -> datetime:
    """Aware UTC from RFC 3339 text, cut to milliseconds. Raises ValueError with what is expected."""
    match = MOMENT.fullmatch(text)
    if match is None:
        raise ValueError("expected an RFC 3339 time with its offset, like 2026-11-22T09:30:00Z")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    microsecond = int((match[7] or "0")[:3].ljust(3, "0")) * 1000
    second = 59 if second == 60 else second  # noqa: PLR2004 - RFC 3339 writes a leap second as :60
    local = datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)
    try:
        return local - _offset(match[8])
    except OverflowError as error:
        raise ValueError("the time lies outside the years 1 to 9999 in UTC") from error


def _offset(text: str) -> timedelta:
    if text in "Zz":
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:  # noqa: PLR2004 - the clock's
        raise ValueError("the offset from UTC is at most 23:59")
    return timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)


def epoch_ms(moment: datetime) -> int:
    """Unix time in milliseconds, exactly."""
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def from_epoch_ms(milliseconds: int) -> datetime:
    """Aware UTC. Raises ValueError outside the years 1 to 9999."""
    seconds, rest = divmod(milliseconds, 1000)
    try:
        return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=rest * 1000)
    except (OverflowError, OSError) as error:
        raise ValueError("the time lies outside the years 1 to 9999") from error
