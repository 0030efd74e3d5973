"""What this emulator is known not to have, and why the archive can be tried without it."""

from collections.abc import Iterable

from local.deployed.compare import Dropped

_KNOWN = {
    ("AWS::ApiGateway::RestApi", "EndpointConfiguration"): "an address on this machine is neither regional nor private",
    ("AWS::ApiGateway::Stage", "AccessLogSetting"): "no access log is written here",
}


def reason_for(dropped: Dropped) -> str | None:
    """Why we can do without it here; None when nobody has thought about it."""
    found = (reason for (kind, key), reason in _KNOWN.items() if (kind, key) == (_type(dropped), dropped.property))
    return next(found, None)


def _type(dropped: Dropped) -> str:
    return dropped.resource.rpartition("(")[2].rstrip(")")


def list_dropped(dropped: Iterable[Dropped]) -> str:
    """One line per property."""
    return "\n".join(f"  {each.resource}: {each.property}, {reason_for(each) or 'UNEXPECTED'}" for each in dropped)
