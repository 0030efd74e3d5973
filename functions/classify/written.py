"""Identifiers known by how they are written: addresses of mail and machines, plates, telephones with area codes."""

import re
from collections.abc import Callable, Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from functions.classify import labels, tables, telephones
from functions.classify.identifiers import is_hkid, is_passport_mrz
from functions.classify.spans import Span, always, matches

PLATES = tables.table("places")["plates"]
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[^\s,;\"'<>()\u0080-\U0010ffff]+")
HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://([0-9]{1,3}(?:\.[0-9]{1,3}){3})(?![0-9A-Za-z.])")
UUID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])")
EMAIL = re.compile(
    r"(?<![0-9A-Za-z._%+\-])[0-9A-Za-z][0-9A-Za-z._%+\-]{0,63}@"
    r"(?:[0-9A-Za-z](?:[0-9A-Za-z\-]{0,61}[0-9A-Za-z])?\.)+([A-Za-z]{2,18})(?![0-9A-Za-z@\-]|:[0-9A-Za-z~/])"
)
FILES = frozenset("png jpg jpeg gif webp bmp svg pdf doc docx xls xlsx ppt pptx zip rar txt csv js ts css mp4 heic".split())
CHATROOM = re.compile(r"(?<![0-9A-Za-z])[0-9]{6,20}@chatroom(?![0-9A-Za-z])")
WECHAT = re.compile(r"(?<![0-9A-Za-z_])(?:wxid_[0-9a-z]{10,}|gh_[0-9a-f]{12})(?![0-9A-Za-z_])")
OPENID = re.compile(r"(?<![0-9A-Za-z_\-])o[0-9A-Za-z_\-]{27}(?![0-9A-Za-z_\-])")
WECOM = re.compile(r"(?<![0-9A-Za-z_\-])(?:w[morb][0-9A-Za-z_\-]{30}|ww[0-9a-f]{16})(?![0-9A-Za-z_\-])")
IPV4 = re.compile(r"(?<![0-9A-Za-z.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z]|\.[0-9A-Za-z])")
IPV6 = re.compile(r"(?<![0-9A-Za-z:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![0-9A-Za-z:])")
MAC = re.compile(
    r"(?<![0-9A-Za-z:\-])[0-9A-Fa-f]{2}([:\-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}(?![0-9A-Za-z]|[:\-][0-9A-Za-z])"
)
VERSION = re.compile(r"(?:版本|版|固件|ver(?:sion)?|release|build|v|v\.)[号為为是:： ]*$", re.IGNORECASE)
PLATE = re.compile(  # GA 36-2018; a mark after the letter is often written
    rf"[{PLATES}][A-HJ-NP-Za-hj-np-z] ?[·•.\-]? ?(?:[A-HJKa-hjk][A-HJ-NP-Za-hj-np-z0-9][0-9]{{4}}|[0-9]{{5}}[A-HJKa-hjk]"
    r"|[A-HJ-NP-Za-hj-np-z0-9]{4}[A-HJ-NP-Za-hj-np-z0-9警学學挂掛港澳领領试試超])(?![0-9A-Za-z])"
)
ARMED_POLICE = re.compile(rf"(?<![0-9A-Za-z])WJ ?[{PLATES}·]? ?·?[0-9]{{4,5}}[A-Z]?(?![0-9A-Za-z])")
MILITARY_PLATE = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2} ?[·•.\-]? ?[0-9]{5}(?![0-9A-Za-z])")
MILITARY_ID = re.compile(r"[军軍兵士文职職武][字][第]? ?[0-9]{6,8}(?![0-9A-Za-z])号?")
HKID = re.compile(r"(?<![0-9A-Za-z])([A-Za-z]{1,2})[ \-]?([0-9]{3}) ?([0-9]{3}) ?[（(]([0-9Aa])[）)]")
MACAU = re.compile(r"(?<![0-9A-Za-z])[157][0-9]{6} ?[（(/][0-9][）)]?(?![0-9A-Za-z])")
MRZ = re.compile(r"P[A-Z<][A-Z<]{3}[A-Z<]{39}\s*([A-Z0-9<]{44})(?![A-Z0-9<])")
GEO = re.compile(
    r"(?<![0-9A-Za-z.])(-?[0-9]{1,3}\.[0-9]{4,})°?\s?[NSEW北南东西]?"
    r"(?:[,，;；、/\s:：=]|东经|東經|北纬|北緯|经度|經度|纬度|緯度|longitude|latitude|lng|lon|lat|[EN])+"
    r"(-?[0-9]{1,3}\.[0-9]{4,})(?![0-9A-Za-z.])°?"
)


def masked(text: str) -> str:
    """The text without what is inside links and UUIDs, its length the same; a link's IP address stays."""
    if "://" in text:
        text = URL.sub(_hidden, text)
    return UUID.sub(_hidden, text) if text.count("-") > 3 else text  # noqa: PLR2004 - of a UUID


def _hidden(found: re.Match[str]) -> str:
    host = HOST.match(found.group())
    if host is None:
        return " " * len(found.group())
    start, end = host.span(1)
    return " " * start + found.group()[start:end] + " " * (len(found.group()) - end)


def find(text: str) -> Iterator[Span]:
    """What is known by its writing. Cheap looks first: most texts have none of the signs."""
    if "@" in text:
        yield from matches(CHATROOM, text, "wechat_id", always)
        yield from matches(EMAIL, text, "email", lambda found: found.group(1).lower() not in FILES)
    if "_" in text or "o" in text or "w" in text:
        yield from _wechat(text)
    if ":" in text or "-" in text:
        yield from matches(MAC, text, "mac", _is_mac)
        yield from matches(IPV6, text, "ipv6", _is_ipv6)
    if "<<" in text:
        yield from matches(MRZ, text, "passport", lambda found: is_passport_mrz(found.group(1)))


def find_numeric(text: str) -> Iterator[Span]:
    """The same for what always holds digits; called only where there are any."""
    yield from matches(PLATE, text, "plate", _is_plate)
    yield from matches(MILITARY_ID, text, "military_id", always)
    if "." in text:
        yield from matches(GEO, text, "geo", _is_place)
        yield from matches(IPV4, text, "ipv4", _is_ipv4)
    if "(" in text or "（" in text or "/" in text:
        yield from matches(HKID, text, "hkid", lambda found: is_hkid("".join(found.groups()).upper()))
        yield from matches(MACAU, text, "mo_bir", _is_called("macau_id", "resident", "document"))
    yield from telephones.find(text)
    yield from matches(ARMED_POLICE, text, "plate_mil", _is_called("plate"))
    yield from matches(MILITARY_PLATE, text, "plate_mil", _is_called("plate"))


def _wechat(text: str) -> Iterator[Span]:
    if "_" in text:
        yield from matches(WECHAT, text, "wechat_id", always)
    if "w" in text:
        yield from matches(WECOM, text, "wecom_id", always)
    if "openid" in text.lower():
        yield from matches(OPENID, text, "wechat_id", always)


def _is_called(*names: str) -> Callable[[re.Match[str]], bool]:
    """Whether one of these labels stands before it, or is pointed at after it."""

    def test(found: re.Match[str]) -> bool:
        said = (*labels.before(found.string, found.start(), 0), *labels.after(found.string, found.end()))
        return not set(names).isdisjoint(said)

    return test


def _is_mac(found: re.Match[str]) -> bool:
    """Six pairs of digits with hyphens may be a time."""
    return found.group(1) == ":" or any(one.isalpha() for one in found.group())


def _is_ipv6(found: re.Match[str]) -> bool:
    """What is short could be a word of a programming language: it must be called an address."""
    try:
        IPv6Address(found.group())
    except AddressValueError:
        return False
    groups = [one for one in found.group().split(":") if one]
    return (len(groups) > 2 and not found.group().isalpha()) or _is_called("address_of_host")(found)  # noqa: PLR2004


def _is_ipv4(found: re.Match[str]) -> bool:
    """Not a version; four single digits must be called an address."""
    try:
        IPv4Address(found.group())
    except AddressValueError:
        return False
    if VERSION.search(found.string[max(0, found.start() - 12) : found.start()]):
        return False
    return len(found.group()) > 7 or _is_called("address_of_host")(found)  # noqa: PLR2004 - 1.1.1.1


def _is_plate(found: re.Match[str]) -> bool:
    """GA 36: at most two letters among the last five, and a new energy plate has but two in all."""
    return sum(one in "0123456789" for one in found.group()) > 2  # noqa: PLR2004


def _is_place(found: re.Match[str]) -> bool:
    """Two numbers are a place in China, or anywhere if they are called one."""
    one, other = sorted(abs(float(number)) for number in found.groups())
    if not (one <= 90 and other <= 180):  # noqa: PLR2004 - degrees
        return False
    inside = 3 <= one <= 54 and 73 <= other <= 136  # noqa: PLR2004 - the country's own extent
    return inside or _is_called("place")(found)
