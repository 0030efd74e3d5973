"""The policy that a deployment names: a ready profile, or a file of this repository."""

from functools import cache
from pathlib import Path, PurePosixPath

from functions.errors import Rejected
from functions.law.policy import Policy, parse_policy, profile

ROOT = Path(__file__).parent.parent


def policy_text(named: str, root: Path = ROOT) -> str:
    """What goes into the zip. Raises Rejected for what is no profile and no file under `root`."""
    if not named.endswith(".toml"):
        return profile(named)
    path = PurePosixPath(named)
    if path.is_absolute() or ".." in path.parts:
        raise Rejected(f"policy {named!r} must be a path from the root of the repository, without ..")
    try:
        return (root / path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Rejected(f"policy {named!r} cannot be read: {type(error).__name__}") from error


@cache
def policy_of(named: str, root: Path = ROOT) -> Policy:
    """The policy itself. Raises Rejected with file, line, key and reason."""
    name = named if named.endswith(".toml") else f"{named}.toml"
    return parse_policy(policy_text(named, root), name=name)
