"""Plain HTTP on this machine's own loopback, where no certificate is worth having."""

from collections.abc import Callable

from ministack import app

from local.gaps.patching import replace

_LOOPBACK = frozenset({"127.0.0.1", "::1"})


def close_loopback_transport() -> None:
    """A call from this machine to itself counts as encrypted.

    AWS: is only ever reached over TLS by us, and our policies deny everything else (`aws:SecureTransport`).
    ministack: serves plain HTTP, so those denials hit every call. This is the one gap that makes the emulator
    more lenient; the launcher leaves it open when FENGCUN_LOOPBACK_TLS=0, which is how the denials are tested.
    """

    def around(original: Callable[[str, bool], None]) -> Callable[..., None]:
        def pin(source_ip: str, secure_transport: bool) -> None:  # noqa: FBT001 (ministack's signature)
            original(source_ip, secure_transport or source_ip in _LOOPBACK)

        return pin

    replace(app, "pin_request_origin", "source_ip secure_transport", around)
