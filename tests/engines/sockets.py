"""Where the processes of a session listen, as the Linux kernel tells it."""

import ipaddress
from collections.abc import Iterator
from pathlib import Path

LISTEN = "0A"
SESSION_FIELD = 3  # of /proc/<pid>/stat, counted after the name in brackets: proc(5)


def listening(session: int) -> dict[str, set[int]]:
    """Address -> ports that any process of the session listens on, TCP over IPv4 and IPv6."""
    sockets = {inode for pid in _members(session) for inode in _socket_inodes(pid)}
    found: dict[str, set[int]] = {}
    for inode, address, port in _listeners():
        if inode in sockets:
            found.setdefault(address, set()).add(port)
    return found


def _members(session: int) -> Iterator[Path]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
        if int(fields[SESSION_FIELD]) == session:
            yield folder


def _socket_inodes(process: Path) -> Iterator[str]:
    for link in (process / "fd").iterdir():
        try:
            target = str(link.readlink())
        except FileNotFoundError:
            continue  # it was closed meanwhile
        if target.startswith("socket:["):
            yield target[len("socket:[") : -1]


def _listeners() -> Iterator[tuple[str, str, int]]:
    """(inode, address, port) of every listening TCP socket."""
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN:
                address, _, port = fields[1].partition(":")
                yield fields[9], _address(address), int(port, 16)


def _address(text: str) -> str:
    """The kernel prints addresses as little-endian 32-bit words."""
    words = [bytes.fromhex(text[i : i + 8])[::-1] for i in range(0, len(text), 8)]
    return str(ipaddress.ip_address(b"".join(words)))
