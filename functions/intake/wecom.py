"""The WeCom door: `GET|POST /wecom/{endpoint}` (developer.work.weixin.qq.com/document/path/90968, read 2026-11).

Own applications, suites, Kefu and intelligent bots post in one form; what differs is the receive id they prove.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from functions.errors import Rejected
from functions.intake.accept import World
from functions.intake.callback import NOBODY, TOO_LARGE, Desk, open_signed, refusal, signed, single, too_large
from functions.web import Answer, Request, text_answer
from functions.wechat.crypto import Credentials
from functions.wechat.envelope import read_envelope

DOOR = "wecom"
ECHO = re.compile(rb"[A-Za-z0-9]{1,64}")
"""The same signature covers callbacks: an answer to anything else would decrypt captured ones for whoever asks."""


def check_url(request: Request, *, endpoints: Mapping[str, Credentials]) -> Answer:
    """Exactly the decrypted echostr, within a second."""
    credentials = endpoints.get(request.path["endpoint"], NOBODY)
    try:
        echostr = single(request, "echostr").replace(" ", "+")  # base64 has no blanks: it was decoded as a form
        opened = open_signed(echostr, signed(request, "msg_signature"), credentials)
    except Rejected as refused:
        return refusal(refused)
    if ECHO.fullmatch(opened.message) is None:
        return text_answer(400, "-40002: what an echostr holds is letters and digits")
    return text_answer(200, opened.message.decode())


def take(request: Request, *, world: World, endpoints: Mapping[str, Credentials], now: datetime) -> Answer:
    """Every answer to a POST, but for TryLater."""
    if too_large(request):
        return TOO_LARGE
    credentials = endpoints.get(request.path["endpoint"], NOBODY)
    try:
        query = {name: single(request, name) for name in ("msg_signature", "timestamp", "nonce")}
        envelope = read_envelope(request.body)
        return Desk(door=DOOR, world=world, now=now).take(
            request, envelope, credentials=credentials, extra={"query": query}
        )
    except Rejected as refused:
        return refusal(refused)
