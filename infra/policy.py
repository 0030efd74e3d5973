"""The policy that a deployment names, a ready profile or a file of this repository; and the lexicons that it adds."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path, PurePosixPath

from functions.classify.lexicon import build, load
from functions.classify.lexicon_file import parse_lexicons
from functions.errors import Rejected
from functions.law.policy import Policy, parse_policy, profile

ROOT = Path(__file__).parent.parent


def policy_text(named: str, root: Path = ROOT) -> str:
    """What goes into the zip. Raises Rejected for what is no profile and no file under `root`."""
    return _text("policy", named, root) if named.endswith(".toml") else profile(named)


def _text(what: str, named: str, root: Path) -> str:
    path = PurePosixPath(named)
    if path.is_absolute() or ".." in path.parts:
        raise Rejected(f"{what} {named!r} must be a path from the root of the repository, without ..")
    try:
        return (root / path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Rejected(f"{what} {named!r} cannot be read: {type(error).__name__}") from error


@cache
def policy_of(named: str, root: Path = ROOT) -> Policy:
    """The policy itself. Raises Rejected with file, line, key and reason."""
    name = named if named.endswith(".toml") else f"{named}.toml"
    return parse_policy(policy_text(named, root), name=name)


def lexicon_texts(named: Sequence[str], root: Path = ROOT) -> tuple[str, ...]:
    """What goes into the zip. Raises Rejected with file, line and reason, also where lists get in each other's way."""
    texts = tuple(_text("lexicon", one, root) for one in named)
    added = (lexicon for one, text in zip(named, texts, strict=True) for lexicon in parse_lexicons(text, name=one))
    build([*load().lists.values(), *added])
    return texts
