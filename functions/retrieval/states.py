"""May this be shown? A record's state, a media file's, and the approved act that opens what is closed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from functions.capture.capture import Flag
from functions.errors import Fault, Rejected
from functions.law.states import Refused, State, Use, may
from functions.retrieval.scanned import ACT_ID
from functions.web import Request

NO_OVERRIDE = Refused("act.override", "no approved override of this id is open for it")


class Withheld(Exception):
    """It is there and must not be shown."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


class States(Protocol):
    def of(self, record_id: str) -> State | None:
        """What the latest act made of it, None where there was none. Raises TryLater, Tampered."""
        ...


class Overrides(Protocol):
    def opens(self, act_id: str, thing: bytes, now: datetime) -> bool:
        """Whether two people have approved that this is used for a statutory duty, and until later. Raises TryLater."""
        ...


def state_of(record_id: str, flags: int, states: States) -> State:
    """An act's word stands; without one a record may have been archived restricted."""
    return states.of(record_id) or (State.RESTRICTED if flags & Flag.RESTRICTED else State.ACTIVE)


def check(state: State, use: Use) -> None:
    """Raises Withheld."""
    answer = may(state, use)
    if isinstance(answer, Refused):
        raise Withheld(answer)


def check_any(states: Iterable[State], use: Use) -> None:
    """Of what several records share: one of them that may be used suffices, and so does that there are none.

    Raises Withheld, by the rule of the first.
    """
    refusals = []
    for state in states:
        answer = may(state, use)
        if not isinstance(answer, Refused):
            return
        refusals.append(answer)
    if refusals:
        raise Withheld(refusals[0])


def asked_use(request: Request, thing: bytes, *, overrides: Overrides, now: datetime) -> Use:
    """`?use=statutory&act=<id of an approved override>`, or plain reading. Raises Rejected, Withheld, TryLater."""
    use, act = (request.query.get(name, ("",))[-1] for name in ("use", "act"))
    if use in ("", Use.READ):
        return Use.READ
    if use != Use.STATUTORY:
        raise Rejected("not a use that this route serves", (Fault(pointer="use", detail="read or statutory"),))
    if ACT_ID.fullmatch(act) is None:
        fault = Fault(pointer="act", detail="a statutory use names the act that approved it, by its id")
        raise Rejected("no act is named", (fault,))
    if not overrides.opens(act, thing, now):
        raise Withheld(NO_OVERRIDE)
    return Use.STATUTORY
