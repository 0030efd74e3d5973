"""Identifiers known by how they are written: addresses of mail and machines, plates, telephones with area codes."""

import re
from collections.abc import Callable, Sequence, Set as AbstractSet
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from functions.classify import labels, tables, telephones
from functions.classify.identifiers import is_hkid, is_passport_mrz
from functions.classify.labels import Mention
from functions.classify.spans import Place, Span, always, matches

PLATES = tables.table("places")["plates"]
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[^\s,;\"'<>()\u0080-\U0010ffff]+")
HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://([0-9]{1,3}(?:\.[0-9]{1,3}){3})(?![0-9A-Za-z.])")
UUID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])")
EMAIL = re.compile(
    r"(?<![0-9A-Za-z._%+\-])[0-9A-Za-z][0-9A-Za-z._%+\-]{0,63}@"
    r"(?:[0-9A-Za-z](?:[0-9A-Za-z\-]{0,61}[0-9A-Za-z])?\.)+([A-Za-z]{2,18})(?![0-9A-Za-z@\-]|:[0-9A-Za-z~/])"
)
FILES = frozenset(
    {"png", "jpg", "jpeg", "gif", "webp", "bmp", "svg", "pdf", "doc", "docx", "xls", "xlsx", "zip", "rar", "txt"}
)
"""What looks like a domain's last part and is a file's: image@2x.png."""
CHATROOM = re.compile(r"(?<![0-9A-Za-z])[0-9]{6,20}@chatroom(?![0-9A-Za-z])")
WECOM = re.compile(r"w(?<![0-9A-Za-z_\-]w)(?:[morb][0-9A-Za-z_\-]{30}|w[0-9a-f]{16})(?![0-9A-Za-z_\-])")
IPV4 = re.compile(r"(?<![0-9A-Za-z.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z]|\.[0-9A-Za-z])")
APART = r"(?:(?<!:)|(?<=[^0-9A-Fa-f:]:)|(?<=[Vv][46]:)|(?<=[Mm][Aa][Cc]:))"
"""No colon before it, or one after a word: `MAC:00:1a:…`."""
IPV6 = re.compile(rf"(?<![0-9A-Za-z.]){APART}(?!:[^:])(?:[0-9A-Fa-f]{{0,4}}:){{2,7}}[0-9A-Fa-f]{{0,4}}(?![0-9A-Za-z:])")
MAC = re.compile(
    rf"(?<![0-9A-Za-z\-]){APART}[0-9A-Fa-f]{{2}}([:\-])[0-9A-Fa-f]{{2}}(?:\1[0-9A-Fa-f]{{2}}){{4}}(?![0-9A-Za-z]|[:\-][0-9A-Za-z])"
)
VERSION_AFTER = re.compile(r" ?(?:版|号版|version)", re.IGNORECASE)
VERSION = re.compile(r"(?:版本|版|固件|镜像|鏡像|tag|ver(?:sion)?|release|build|v|v\.)[号為为是:： ]*$", re.IGNORECASE)
ONE = "A-HJ-NP-Za-hj-np-z"
PLATE = re.compile(  # GA 36-2018; a mark after the letter is often written
    rf"[{PLATES}][{ONE}] ?[·•.\-]? ?(?:[A-HJKa-hjk][{ONE}0-9][0-9]{{4}}|[0-9]{{5}}[A-HJKa-hjk]"
    rf"|[{ONE}0-9]{{4}}[{ONE}0-9警学學挂掛港澳领領试試超])[警学學挂掛港澳领領试試超]?(?![0-9A-Za-z])"
)
ARMED_POLICE = re.compile(rf"(?<![0-9A-Za-z])WJ ?[{PLATES}] ?·?[0-9]{{4,5}}[A-Z]?(?![0-9A-Za-z])")
MILITARY_PLATE = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2} ?[·•.\-]? ?[0-9]{5}(?![0-9A-Za-z])")
MILITARY_ID = re.compile(r"[军軍兵士文职職武][字][第]? ?[0-9]{6,8}(?![0-9A-Za-z])号?")
HKID = re.compile(r"(?<![0-9A-Za-z])([A-Za-z]{1,2})[ \-]?([0-9]{3}) ?([0-9]{3}) ?[（(]([0-9Aa])[）)]")
MACAU = re.compile(r"(?<![0-9A-Za-z])[157][0-9]{6} ?[（(/][0-9][）)]?(?![0-9A-Za-z])")
MRZ = re.compile(r"P[A-Z<][A-Z<]{3}[A-Z<]{39}\s*([A-Z0-9<]{44})(?![A-Z0-9<])")
GEO = re.compile(
    r"(?:(?<![0-9A-Za-z.])|(?<![0-9A-Za-z.][NSEW])(?<=[NSEW]))(-?[0-9]{1,3}\.[0-9]{4,})°?\s?[NSEWnsew北南东西]?"
    r"(?:[,，;；、/\s:：=&\"']|东经|東經|北纬|北緯|经度|經度|纬度|緯度|longitude|latitude|lng|lon|lat|[EN])+"
    r"(-?[0-9]{1,3}\.[0-9]{4,})(?![0-9A-Za-df-mo-rt-vx-z]|\.[0-9])°?[NSEW]?"
)


def masked(text: str) -> str:
    """The text without what is inside links and UUIDs, its length the same; a link's IP address stays."""
    if "://" in text:
        text = URL.sub(_hidden, text)
    return UUID.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    host = HOST.match(found.group())
    if host is None:
        return " " * len(found.group())
    start, end = host.span(1)
    return " " * start + found.group()[start:end] + " " * (len(found.group()) - end)


def find(text: str) -> list[Span]:
    """What is known by its writing and may hold no digit; called only where "@" or "<<" was seen."""
    return [
        *matches(CHATROOM, text, "wechat_id", always),
        *matches(EMAIL, text, "email", lambda found: found.group(1).lower() not in FILES),
        *matches(MRZ, text, "passport", lambda found: is_passport_mrz(found.group(1))),
    ]


def find_hosts(text: str, said: Sequence[Mention]) -> list[Span]:
    """Addresses of machines; called only where there are as many ":" or "-" as they have."""
    return matches(MAC, text, "mac", _is_mac) + matches(IPV6, text, "ipv6", lambda one: _is_ipv6(one, said))


def find_long(text: str, seen: AbstractSet[str], places: Sequence[Place], said: Sequence[Mention]) -> list[Span]:
    """What holds a number of some length."""
    found: list[Span] = []
    if "." in text and any("." in text[start:end] for start, end in places):
        found += matches(GEO, text, "geo", lambda one: _is_place(one, said)) + matches(
            IPV4, text, "ipv4", lambda one: _is_ipv4(one, said)
        )
    if "(" in text or "（" in text or "/" in text:
        found += matches(HKID, text, "hkid", lambda found: is_hkid("".join(found.groups()).upper()))
        found += matches(MACAU, text, "mo_bir", _is_called(said, "macau_id", "resident", "document"))
    if "字" in text:
        found += matches(MILITARY_ID, text, "military_id", always)
    if "WJ" in text:
        found += matches(ARMED_POLICE, text, "plate_mil", always)
    if "plate" in seen:
        found += matches(MILITARY_PLATE, text, "plate_mil", _is_called(said, "plate"))
    return [*found, *telephones.find(text, places)]


def _is_called(said: Sequence[Mention], *names: str) -> Callable[[re.Match[str]], bool]:
    """Whether one of these labels stands before it, or is pointed at after it."""

    def test(found: re.Match[str]) -> bool:
        text, (start, end) = found.string, found.span()
        return not set(names).isdisjoint((*labels.before(text, said, start, 0), *labels.after(text, said, end)))

    return test


def _is_mac(found: re.Match[str]) -> bool:
    """Six pairs of digits with hyphens may be a time."""
    if found.group(1) == ":" or any(one.isalpha() for one in found.group()):
        return True
    _, month, day, hour, *_ = map(int, found.group().split("-"))
    return month > 12 or day > 31 or hour > 23  # noqa: PLR2004 - of a calendar and a clock


def _is_ipv6(found: re.Match[str], said: Sequence[Mention]) -> bool:
    """What is short could be a word of a programming language: it must be called an address."""
    try:
        IPv6Address(found.group())
    except AddressValueError:
        return False
    groups = [one for one in found.group().split(":") if one]
    return (len(groups) > 2 and not found.group().isalpha()) or _is_called(said, "address_of_host")(found)  # noqa: PLR2004


def _is_ipv4(found: re.Match[str], said: Sequence[Mention]) -> bool:
    """Not a version; four single digits must be called an address."""
    try:
        IPv4Address(found.group())
    except AddressValueError:
        return False
    text, start = found.string, found.start()
    if VERSION.search(text[max(0, start - 12) : start]) or VERSION_AFTER.match(text, found.end()):
        return False
    if labels.called(labels.OTHER, text, said, start, 0):
        return False
    return len(found.group()) > 7 or _is_called(said, "address_of_host")(found)  # noqa: PLR2004 - 1.1.1.1


def is_plate(found: re.Match[str]) -> bool:
    """GA 36: at most two letters among the last five, and a new energy plate has but two in all."""
    return sum(one in "0123456789" for one in found.group()) > 2  # noqa: PLR2004


def _is_place(found: re.Match[str], said: Sequence[Mention]) -> bool:
    """Two numbers are a place in China, or anywhere if they are called one."""
    one, other = sorted(abs(float(number)) for number in found.groups())
    if not (one <= 90 and other <= 180):  # noqa: PLR2004 - degrees
        return False
    if "/" in found.group() or labels.called(labels.OTHER, found.string, said, found.start(), 0):
        return _is_called(said, "place")(found)  # two prices
    inside = 3 <= one <= 54 and 73 <= other <= 136  # noqa: PLR2004 - the country's own extent
    return inside or _is_called(said, "place")(found)
