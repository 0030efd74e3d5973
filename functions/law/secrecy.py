"""Whether texts may hold a state secret: marks and cues weighed by `rules/secrecy.toml`. A suspicion, never a verdict.

What nobody has read (a picture, an unknown file) is said to be `not_inspected`. Nothing is ever called clean.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from functions.law.rulebook import Book, Cited, shipped
from functions.law.sections import SecrecyPolicy

NOT_INSPECTED = "not_inspected"
SUSPECT = "suspect"
NOTHING_FOUND = "nothing_found"


class Rule(Cited):
    """What a sign counts, or what their sum must reach."""

    of: tuple[str, ...] = ()
    """Signs, by what they are: a code of `classify.marks`, the id of a lexicon, or a kind of identifier."""
    near: tuple[str, ...] = ()
    """Where given, a sign of `of` counts only with one of these at most `within` code points away."""
    within: Annotated[int, Field(ge=1)] | None = None
    score: Annotated[int, Field(ge=1, le=100)] | None = None
    threshold: Annotated[int, Field(ge=1, le=100)] | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.threshold is None) == (self.score is None):
            raise ValueError("give a score or the threshold")
        if bool(self.of) != (self.score is not None):
            raise ValueError("give `of` with a score, and with nothing else")
        if bool(self.near) != (self.within is not None) or (self.near and not self.of):
            raise ValueError("give `near` and `within` together, with `of`")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Something in a text that may speak of secrecy. Offsets are in code points of the text as given."""

    code: str
    """What an officer is told. Our own words, never the message's."""
    of: str
    """What rules know it by."""
    field: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A sign that counted. Says where it stands and the digest of what stands there, not the text."""

    code: str
    rule: str
    field: int
    start: int
    end: int
    digest: str
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrecy:
    """A decision and its reasons."""

    score: int
    threshold: int
    reasons: tuple[Reason, ...]
    """One for each code, where it first weighs most: to say a thing twice does not make it more secret."""
    unread: tuple[str, ...]
    """What of the record nobody has looked into."""
    version: str

    @property
    def suspect(self) -> bool:
        return self.score >= self.threshold

    @property
    def inspected(self) -> bool:
        return not self.unread

    @property
    def result(self) -> str:
        """A suspicion stands, whatever else was not read."""
        if self.suspect:
            return SUSPECT
        return NOTHING_FOUND if self.inspected else NOT_INSPECTED


@dataclass(frozen=True, slots=True)
class Weights:
    """The rules, by what they weigh."""

    version: str
    threshold: int
    alone: Mapping[str, Rule]
    near: tuple[Rule, ...]


def weigh(book: Book[Rule]) -> Weights:
    """Raises ValueError unless there is one threshold, and one rule for every sign."""
    thresholds = [rule.threshold for rule in book.rules.values() if rule.threshold is not None]
    scored = [rule for rule in book.rules.values() if rule.score is not None]
    alone = [(of, rule) for rule in scored if not rule.near for of in rule.of]
    if len(thresholds) != 1 or len(dict(alone)) != len(alone):
        raise ValueError("secrecy rules need one threshold, and one rule for each sign")
    return Weights(book.version, thresholds[0], dict(alone), tuple(rule for rule in scored if rule.near))


@cache
def weights() -> Weights:
    """Those this release ships."""
    return weigh(shipped("secrecy", Rule))


def under(policy: SecrecyPolicy, version: str) -> Weights:
    """The release's weights against the policy's threshold. `version` is the policy's, and decisions name both."""
    return replace(weights(), version=f"{weights().version}+{version}", threshold=policy.threshold)


def assess(
    texts: Sequence[str],
    signs: Collection[Sign],
    *,
    digest: Callable[[str], str],
    unread: Iterable[str],
    rules: Weights,
) -> Secrecy:
    """`digest` turns a span into hex, under a key: short spans can be guessed. Signs no rule weighs count nothing."""
    if not signs:
        return Secrecy(score=0, threshold=rules.threshold, reasons=(), unread=tuple(unread), version=rules.version)
    signs = sorted(signs, key=lambda sign: (sign.field, sign.start, sign.end))
    weightiest: dict[str, tuple[Sign, Rule]] = {}
    for code, sign, rule in chain(_alone(signs, rules), _near(signs, rules)):
        if code not in weightiest or (rule.score or 0) > (weightiest[code][1].score or 0):
            weightiest[code] = sign, rule
    reasons = tuple(_reason(code, *both, texts=texts, digest=digest) for code, both in weightiest.items())
    return Secrecy(
        score=sum(reason.score for reason in reasons),
        threshold=rules.threshold,
        reasons=reasons,
        unread=tuple(unread),
        version=rules.version,
    )


def _alone(signs: Sequence[Sign], rules: Weights) -> Iterator[tuple[str, Sign, Rule]]:
    """A list that a deployment adds weighs what the list weighs whose name it extends: `secrecy.strong.house`."""
    for sign in signs:
        of = sign.of
        while of not in rules.alone and "." in of:
            of = of.rpartition(".")[0]
        if of in rules.alone:
            yield sign.code, sign, rules.alone[of]


def _near(signs: Sequence[Sign], rules: Weights) -> Iterator[tuple[str, Sign, Rule]]:
    """Signs of the one kind and of the other that follow each other, whichever comes first."""
    for rule in rules.near:
        for first, second in pairwise(sign for sign in signs if sign.of in {*rule.of, *rule.near}):
            apart = (first.of in rule.of) != (second.of in rule.of)
            if apart and first.field == second.field and second.start - first.end <= (rule.within or 0):
                sign = first if first.of in rule.of else second
                yield f"near:{sign.of}", sign, rule


def _reason(code: str, sign: Sign, rule: Rule, *, texts: Sequence[str], digest: Callable[[str], str]) -> Reason:
    span = texts[sign.field][sign.start : sign.end]
    place = {"field": sign.field, "start": sign.start, "end": sign.end}
    return Reason(code=code, rule=rule.id, digest=digest(span), score=rule.score or 0, **place)
