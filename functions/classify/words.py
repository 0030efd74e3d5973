"""Identifiers that only a word gives away: secrets, aliases, codes of companies, names of people."""

import re
from collections.abc import Sequence

from functions.classify import tables
from functions.classify.identifiers import is_organisation_code, is_uscc
from functions.classify.labels import Mention
from functions.classify.spans import Span

TO = r"\s*(?:号|號|id|ID)?\s*(?:(?:[换換改设設][成为為]|还是|還是|就是|是|係|為|为|：|:|=|->|叫)\s*){1,2}"
SECRET = re.compile(
    rf"(?:{TO}|\s+is\s+)[\"'“「]?([!-+\-.-~]{{4,64}})|\s*([0-9]{{4,8}})(?![0-9A-Za-z])"
    r"|\s*((?=[!-~]*[0-9])(?=[!-~]*[A-Za-z])[0-9A-Za-z][!-~]{5,63})"
)
NO_SECRET = re.compile(r"[*•.xX_\-]+|none|null|changed|reset|required|expired|wrong|invalid|incorrect", re.IGNORECASE)
KEY = re.compile(
    r"(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])|(?:LTAI|AKID)[0-9A-Za-z]{12,36}(?![0-9A-Za-z])|sk-[0-9A-Za-z_\-]{20,}|ghp_[0-9A-Za-z]{36}"
    r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:[0-9A-Za-z+/=\s]*-----END [A-Z ]{0,20}PRIVATE KEY-----)?"
)
IN_A_WORD = re.compile(r"[0-9A-Za-z_\-]")
ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{5,19}(?![A-Za-z0-9_\-@]|\.[A-Za-z0-9])")
ALIAS_TO = re.compile(
    r"[】\])）」』，,]?\s*(?:[\u4e00-\u9fff]{1,6}[，,]\s*是|is\s|是|係|為|为|：|:|=|->|加|就是|搜索?一?下?|查找|添加)?\s*[【\[(（「『\"'“]?\s*"
)
ALIAS_BACK = re.compile(
    r"(?<![A-Za-z0-9_\-@.])([A-Za-z][A-Za-z0-9_\-]{5,19})\s*"
    r"(?:([（(【\[])\s*(?:这|這)?(?:是)?|[，,]?(?:就|也|才)?(?:是|係|為|为)(?:我|你|您|他|她|客户|客戶|本人)?的?)\s*$"
)
"""What is pointed at with the word after it: zhang_88（微信）, zhang_88是我的微信号."""
ALIAS_ENDS = re.compile(r"[）)】\]]|\s*(?:$|[，,。;；！!\n])")
BACK = 48
CLOSING = " \t\r\n】])）」』，,"
CODE_TO = re.compile(r"[\u4e00-\u9fff]{0,6}\s*[：:＝=]?\s*")
CODES = (
    ("uscc", re.compile(r"[0-9A-Za-z](?:[ \-]?[0-9A-Za-z]){17}(?![0-9A-Za-z])"), is_uscc),
    ("org_code", re.compile(r"[0-9A-Za-z]{8}-?[0-9Xx](?![0-9A-Za-z])"), is_organisation_code),
)
ALIAS_PLAIN = re.compile(r"[0-9_\-]")
SURNAMES = "".join(tables.words("names", "single"))
FAMILY = rf"(?:{'|'.join(tables.words('names', 'double'))}|[{SURNAMES}])"
TITLES = "先生|女士|小姐|太太|经理|經理|老师|老師|主任|总|總|某|行长|公司"
NO_GIVEN = rf"(?!{TITLES}|[了来來去过過的吧吗呢啊上下在有是不没就都也还要会])"
GOES_ON = "的|先生|女士|小姐|电话|電話|手机|手機|身份|身分|证件|證件|联系|聯|账|帳|银行[卡账帐号]|開戶|开户"
GOES_ON += "|在|已|和|与|住|地址|护照|護照|男|女"
NAME = re.compile(
    rf"\s*(?:是|为|為|写|寫|填|叫|：|:|=)?\s*({FAMILY}{NO_GIVEN}[\u4e00-\u9fff]{{1,2}}?)(?=[^\u4e00-\u9fff]|$|{GOES_ON})"
    r"(?![（(][\u4e00-\u9fff]{2,4}[）)][\u4e00-\u9fff]*(?:公司|集团|集團|银行|銀行|证券|證券|基金))"
)
WXID = re.compile(r"(?<![0-9A-Za-z_])(?:wxid_[0-9a-z]{10,}|gh_[0-9a-f]{12})(?![0-9A-Za-z_])")
OPENID = re.compile(r"[^0-9A-Za-z]{0,12}(?<![_\-])(o[0-9A-Za-z_\-]{27})(?![0-9A-Za-z_\-])")
OPENID_BACK = re.compile(r"(?<![0-9A-Za-z_\-])(o[0-9A-Za-z_\-]{27})[^0-9A-Za-z]{1,8}$")
NO_NAMES = frozenset(tables.words("names", "not_names"))


def find(text: str, said: Sequence[Mention]) -> list[Span]:
    """What follows a word that gives it away."""
    follows = [FOLLOWED[label](text, start, end) for start, end, label in said if label in FOLLOWED]
    return [one for one in follows if one is not None]


def _secret(text: str, _start: int, end: int) -> Span | None:
    said = SECRET.match(text, end)
    if said is None:
        return None
    first, last = said.span(said.lastindex or 0)
    last = first + len(text[first:last].rstrip(".,;!?)]\"'"))
    if NO_SECRET.fullmatch(text, first, last):
        return None
    if text[first:last].isalpha() and text[end:first].strip() in {"is", "是", "为", "為"}:
        return None  # a sentence about a secret: "the password is wrong"
    return first, last, "credentials"


def _key(text: str, start: int, _end: int) -> Span | None:
    key = None if IN_A_WORD.match(text[start - 1 : start]) else KEY.match(text, start)
    return None if key is None else (*key.span(), "credentials")


def _alias(text: str, start: int, end: int) -> Span | None:
    """A name of letters alone is none unless a sign or a word leads to it, in a Chinese sentence."""
    lead = ALIAS_TO.match(text, end)
    begin = end if lead is None else lead.end()
    alias = ALIAS.match(text, begin)
    if alias is None:
        return _alias_before(text, start, end)
    led = text[end:begin].strip(CLOSING) != "" or text[start:end].endswith(("号", "號", "id", "ID"))
    plainly = ALIAS_PLAIN.search(alias.group()) is not None or (led and not text[start].isascii())
    return (*alias.span(), "wechat_id") if plainly else None


def _alias_before(text: str, start: int, end: int) -> Span | None:
    """A name that the word is said of; in brackets, one that is no mere word."""
    low = max(0, start - BACK)
    alias = ALIAS_BACK.search(text[low:start])
    if alias is None or not ALIAS_ENDS.match(text, end):
        return None
    plainly = ALIAS_PLAIN.search(alias.group(1)) is not None or alias.group(2) is None
    return (low + alias.start(1), low + alias.end(1), "wechat_id") if plainly else None


def _name(text: str, _start: int, end: int) -> Span | None:
    name = NAME.match(text, end)
    if name is None or name.group(1)[:2] in NO_NAMES:
        return None
    return (*name.span(1), "person_name")


def _code(text: str, _start: int, end: int) -> Span | None:
    """A company's code that begins with letters or is written in groups."""
    lead = CODE_TO.match(text, end)
    begin = end if lead is None else lead.end()
    for kind, shape, test in CODES:
        code = shape.match(text, begin)
        if code is not None and test(re.sub(r"[ \-]", "", code.group()).upper()):
            return (*code.span(), kind)
    return None


def _account(text: str, start: int, _end: int) -> Span | None:
    account = WXID.match(text, start)
    return None if account is None else (*account.span(), "wechat_id")


def _openid(text: str, start: int, end: int) -> Span | None:
    said, low = OPENID.match(text, end), max(0, start - BACK)
    if said is not None:
        return (*said.span(1), "wechat_id")
    said = OPENID_BACK.search(text[low:start])
    return None if said is None else (low + said.start(1), low + said.end(1), "wechat_id")


FOLLOWED = {
    "wxid": _account,
    "openid": _openid,
    "secret": _secret,
    "key": _key,
    "wechat": _alias,
    "person": _name,
    "uscc": _code,
    "organisation": _code,
    "tax": _code,
}
"""By the label of the word."""
