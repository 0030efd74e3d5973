"""The WeChat door: `GET|POST /wechat/{endpoint}`, for Official Accounts, mini programs, shops and components
(developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html, read 2026-11).

Two signatures: `msg_signature` covers the encrypted text, `signature` covers no body at all, so whoever saw one URL can
put any body under it. An account's administrator can switch encryption off at any time. So each endpoint's mode is
pinned, and where encryption was agreed, a body in clear under a right `signature` is an incident.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from functions.capture.capture import Flag
from functions.errors import Rejected
from functions.intake.accept import World
from functions.intake.callback import NOBODY, SUCCESS, TOO_LARGE, Desk, in_clear, refusal, signed, single, too_large
from functions.intake.platforms import Agreement
from functions.web import Answer, Request, text_answer
from functions.wechat.crypto import check_signature
from functions.wechat.envelope import read_envelope
from functions.wechat.message import read_fields

DOOR = "wechat"
PARAMETERS = ("signature", "msg_signature", "timestamp", "nonce", "encrypt_type", "openid")
IN_CLEAR = frozenset({"raw"})  # of encrypt_type; it may also be missing
NOT_AGREED = Agreement(mode="secure", forms=frozenset({"xml", "json"}), credentials=NOBODY)
DOWNGRADED = text_answer(403, "-40001: a body in clear, where encryption was agreed; nothing has been kept")
UNSIGNED = text_answer(403, "-40001: not encrypted, and signature does not match")


def check_url(request: Request, *, endpoints: Mapping[str, Agreement]) -> Answer:
    """The echostr as it came: it is never encrypted, whatever the mode."""
    agreement = endpoints.get(request.path["endpoint"], NOT_AGREED)
    try:
        _token(request, agreement)
        return text_answer(200, single(request, "echostr"))
    except Rejected as refused:
        return refusal(refused)


def take(request: Request, *, world: World, endpoints: Mapping[str, Agreement], now: datetime) -> Answer:
    """Every answer to a POST, but for TryLater. `DOWNGRADED` is an incident."""
    if too_large(request):
        return TOO_LARGE
    agreement = endpoints.get(request.path["endpoint"], NOT_AGREED)
    try:
        return TAKERS[agreement.mode](request, agreement, Desk(door=DOOR, world=world, now=now))
    except Rejected as refused:
        return refusal(refused)


def _encrypted(request: Request, agreement: Agreement, desk: Desk) -> Answer:
    """Whatever stands in clear beside `Encrypt` (compatibility mode) is signed by nobody and not looked at."""
    if "msg_signature" not in request.query or IN_CLEAR & set(request.query.get("encrypt_type", ())):
        return _downgrade(request, agreement)
    try:
        envelope = read_envelope(request.body)
    except Rejected:
        if read_fields(request.body) is None:
            raise
        return _downgrade(request, agreement)
    if envelope.form not in agreement.forms:
        raise Rejected(f"-40002: this endpoint is not called in {envelope.form}")
    return desk.take(request, envelope, credentials=agreement.credentials, extra=_evidence(request, agreement))


def _plain(request: Request, agreement: Agreement, desk: Desk) -> Answer:
    """Configured to be believed without proof; each record says so."""
    kept = in_clear(request, token=_token(request, agreement))
    if (
        "Encrypt" in (read_fields(request.body) or {}) and kept.sent_at is None
    ):  # now it is encrypted, and we have no key
        kept = replace(kept, flags=kept.flags | Flag.UNPARSED)
    desk.keep(request, kept, extra=_evidence(request, agreement))
    return SUCCESS


Taker = Callable[[Request, Agreement, Desk], Answer]
TAKERS: Mapping[str, Taker] = {"secure": _encrypted, "compatible": _encrypted, "plain": _plain}


def _downgrade(request: Request, agreement: Agreement) -> Answer:
    """Refused in any case. Garbage from strangers is normal; this is an incident if they know the token."""
    try:
        _token(request, agreement)
    except Rejected:
        return UNSIGNED
    return DOWNGRADED


def _token(request: Request, agreement: Agreement) -> int:
    query = signed(request, "signature")
    tokens = agreement.credentials.tokens
    return check_signature(query.signature, timestamp=query.timestamp, nonce=query.nonce, tokens=tokens)


def _evidence(request: Request, agreement: Agreement) -> dict[str, object]:
    """The query as it came, the mode, and the account that a component's path names."""
    query = {name: single(request, name) for name in PARAMETERS if request.query.get(name)}
    evidence: dict[str, object] = {"query": query, "mode": agreement.mode}
    if "appid" in request.path:
        evidence["appid"] = request.path["appid"]
    return evidence
