"""Identifiers that only a word gives away: secrets, aliases, names of people; and postal addresses."""

import re
from collections.abc import Iterator

from functions.classify import tables
from functions.classify.spans import Span

TO = r"\s*(?:号|號|id|ID)?\s*(?:是|為|为|：|:|=|->|叫)\s*"
ANCHOR = re.compile(
    r"(?P<secret>密码|密碼|口令|(?:验证|驗證|动态|動態|校验|校驗)[码碼]|(?i:password|passwd|passcode|pwd|otp|verification code|api[ _]?key|secret|token))"
    r"|(?P<key>AKIA|ASIA|LTAI|AKID|sk-|ghp_|-----BEGIN)"
    r"|(?P<alias>(?:微信|[薇威]信|[vV]信|(?<![A-Za-z])(?i:vx|wx|wechat|weixin))(?:号|號| ?id| ?ID| account)?)"
    r"|(?P<name>姓名|户名|戶名|收款人|收件人|联系人|聯絡人|聯繫人|开户名|持卡人|法定代表人|法人代表|经办人|負責人|负责人|我叫|名字叫|本人叫|申请人|投保人|投資者|投资者|患者|客户姓名)"
)
SECRET = re.compile(rf"(?:{TO}|\s+is\s+)[\"'“「]?([!-~]{{4,64}})|\s*([0-9]{{4,8}})(?![0-9A-Za-z])")
KEY = re.compile(
    r"(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])|(?:LTAI|AKID)[0-9A-Za-z]{12,36}(?![0-9A-Za-z])|sk-[0-9A-Za-z_\-]{20,}|ghp_[0-9A-Za-z]{36}"
    r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:[0-9A-Za-z+/=\s]*-----END [A-Z ]{0,20}PRIVATE KEY-----)?"
)
ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{5,19}(?![A-Za-z0-9_\-@.])")
ALIAS_TO = re.compile(r"\s*(?:是|為|为|：|:|=|->|加)?\s*")
ALIAS_PLAIN = re.compile(r"[0-9_\-]")
SURNAMES = "".join(tables.words("names", "single"))
NAME = re.compile(
    rf"\s*(?:是|为|為|：|:|=)?\s*((?:{'|'.join(tables.words('names', 'double'))}|[{SURNAMES}])[\u4e00-\u9fff]{{1,2}}?)"
    r"(?=[^\u4e00-\u9fff]|$|的|先生|女士|小姐|电话|電話|手机|手機|身份|身分|证件|證件|联系|聯|账|帳|银行|開|开户|在|已|和|与|与|及|住|地址|护照|護照|男|女)"
)
NO_NAMES = frozenset("方式 电话 信息 资料 地址 时间 单位 公司 先生 女士 经理 老师 同学".split())
NUMBERED = re.compile(r"[0-9一二三四五六七八九十]{1,6}(?:[-之][0-9]{1,4})? ?(?:号|號|弄|室)")
SUFFIX = r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区|地区|盟|[\u4e00-\u9fff]{0,8}自治州)"
ADDRESS = re.compile(
    rf"(?:中国|中國)?(?:{'|'.join(tables.words('places', 'provinces') + tables.words('places', 'cities'))}){SUFFIX}?"
    r"[\u4e00-\u9fff0-9A-Za-z·（）()\- ]{0,36}?(?:路|街|道|巷|胡同|弄|村|里|苑|园|園|院|镇|鎮|段|组|屯|区|區|坊|洲)"
    r"(?:[东西南北中]|[一二三四五六七八九十]{1,2}段)?[\u4e00-\u9fff0-9A-Za-z\- ]{0,12}?[0-9一二三四五六七八九十]{1,6}(?:[-之][0-9]{1,4})? ?(?:号|號|弄|室)(?![码碼])"
    r"(?:(?:院|楼|樓)?[\u4e00-\u9fff]{0,10}?[0-9A-Za-z一二三四五六七八九十\-]{1,6} ?(?:号楼|號樓|栋|棟|幢|座|单元|單元|层|層|楼|樓|室|房|户|号|號))*"
)


def find(text: str) -> Iterator[Span]:
    """What follows a word that gives it away."""
    for anchor in ANCHOR.finditer(text):
        found = FOLLOWED[anchor.lastgroup or ""](text, anchor)
        if found is not None:
            yield found
    if ("号" in text or "號" in text or "室" in text or "弄" in text) and NUMBERED.search(text):
        for address in ADDRESS.finditer(text):
            yield address.start(), address.end(), "address"


def _secret(text: str, anchor: re.Match[str]) -> Span | None:
    said = SECRET.match(text, anchor.end())
    if said is None:
        return None
    start, end = said.span(said.lastindex or 0)
    return start, start + len(text[start:end].rstrip(".,;!?)\"'")), "credentials"


def _key(text: str, anchor: re.Match[str]) -> Span | None:
    key = KEY.match(text, anchor.start())
    return None if key is None else (*key.span(), "credentials")


def _alias(text: str, anchor: re.Match[str]) -> Span | None:
    """A name of letters alone is none unless a sign or a word leads to it."""
    lead = ALIAS_TO.match(text, anchor.end())
    begin = anchor.end() if lead is None else lead.end()
    alias = ALIAS.match(text, begin)
    if alias is None:
        return None
    led = begin - anchor.end() > 0 and text[anchor.end() : begin].strip() != ""
    called = anchor.group().endswith(("号", "號", "id", "ID", "account"))
    return (*alias.span(), "wechat_id") if led or called or ALIAS_PLAIN.search(alias.group()) else None


def _name(text: str, anchor: re.Match[str]) -> Span | None:
    name = NAME.match(text, anchor.end())
    if name is None or name.group(1) in NO_NAMES:
        return None
    return (*name.span(1), "person_name")


FOLLOWED = {"secret": _secret, "key": _key, "alias": _alias, "name": _name}
"""By the kind of word."""
