"""Invented identifiers with right check digits, made by other means than the scanner's: recursions, not weights."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from bench.checks import luhn, mod11_2, mod11_10

Dice = random.Random
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
AREAS = ("110105", "310115", "440305", "330106", "320583", "510107", "420111", "610113", "370202", "350203", "430104")
SEGMENTS = (
    "130",
    "133",
    "135",
    "136",
    "137",
    "138",
    "139",
    "147",
    "150",
    "152",
    "155",
    "158",
    "166",
    "173",
    "177",
    "180",
)
NEWER_SEGMENTS = ("181", "182", "185", "186", "187", "188", "189", "191", "198", "199")
LONG_CARDS = ("622202", "621700", "622848", "621226", "623052", "621799", "620058")
SHORT_CARDS = ("625904", "622588", "621483", "622609")
CARDS = (*((prefix, 19) for prefix in LONG_CARDS), *((prefix, 16) for prefix in SHORT_CARDS), ("622262", 17))
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LETTERS, PLATE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ABCDEFGHJKLMNPQRSTUVWXYZ"
LOWER = "abcdefghijklmnopqrstuvwxyz"


def digits(dice: Dice, count: int) -> str:
    return "".join(dice.choices("0123456789", k=count))


def some(dice: Dice, alphabet: str, count: int) -> str:
    return "".join(dice.choices(alphabet, k=count))


def born(dice: Dice) -> date:
    return date(1950, 1, 1) + timedelta(days=dice.randrange(22_000))


def resident(dice: Dice, area: str) -> str:
    return mod11_2(f"{area}{born(dice):%Y%m%d}{dice.randrange(1000):03}")


def uscc(dice: Dice) -> str:
    """Powers of three modulo 31 (GB 32100); the organisation's code inside is right too."""
    body = dice.choice(("91", "91", "92", "12", "52")) + dice.choice(AREAS) + organisation(dice).replace("-", "")
    total = sum(USCC.index(one) * 3**at for at, one in enumerate(body))
    return body + USCC[-total % 31]


def organisation(dice: Dice) -> str:
    body = some(dice, "0123456789", 8) if dice.choice((True, False)) else "MA" + some(dice, "0123456789ABCDEFGH", 6)
    total = sum(int(one, 36) * weight for one, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return body + "-" + {0: "0", 1: "X"}.get(total % 11, str(11 - total % 11))


def hkid(dice: Dice) -> str:
    letters, body = some(dice, "ABCDEFGHKPRSVWYZ", dice.choice((1, 1, 1, 2))), digits(dice, 6)
    padded = [36] * (2 - len(letters)) + [int(one, 36) for one in letters + body]
    rest = -sum(value * (9 - at) for at, value in enumerate(padded)) % 11
    return f"{letters}{body}({'0123456789A'[rest]})"


def taiwan(dice: Dice) -> str:
    letter, body = dice.choice("ABCDEFGHJKLMNPQRSTUV"), dice.choice("1289") + digits(dice, 7)
    code = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(letter) + 10
    total = code // 10 + code % 10 * 9 + sum(int(one) * (8 - at) for at, one in enumerate(body))
    return f"{letter}{body}{-total % 10}"


def vin(dice: Dice) -> str:
    values = {**{str(n): n for n in range(10)}, **dict(zip("ABCDEFGH", range(1, 9), strict=True))}
    values |= dict(zip("JKLMNPR", (1, 2, 3, 4, 5, 7, 9), strict=True)) | dict(
        zip("STUVWXYZ", range(2, 10), strict=True)
    )
    head = dice.choice(("LSV", "LFV", "LBV", "LGW", "WBA", "1HG")) + some(dice, "ABCDEFGHJKLMNPRSTUVWXYZ0123456789", 5)
    tail = some(dice, "ABCDEFGHJKLMNPRSTVWXY123456789", 1) + some(dice, "ABCDEFGHJKLMNPRSTUVWXYZ", 1) + digits(dice, 6)
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 9, 8, 7, 6, 5, 4, 3, 2)
    rest = sum(values[one] * weight for one, weight in zip(head + tail, weights, strict=True)) % 11
    return head + "0123456789X"[rest] + tail


def plate(dice: Dice) -> str:
    head = dice.choice(PROVINCES) + dice.choice(PLATE_LETTERS)
    letter = dice.choice("ABCDEFGHJKLMNPQRSTUVWXYZ")
    five = dice.choice((digits(dice, 5), letter + digits(dice, 4), digits(dice, 2) + letter + digits(dice, 2)))
    return head + dice.choice(("", "", "·")) + dice.choice((five, five, dice.choice("DF") + digits(dice, 5)))


def passport(dice: Dice) -> str:
    chinese = (f"E{digits(dice, 8)}", f"E{dice.choice('ABCDEFGHJKLM')}{digits(dice, 7)}", f"G{digits(dice, 8)}")
    others = (f"PE{digits(dice, 7)}", f"K{digits(dice, 8)}", f"MA{digits(dice, 7)}")
    return dice.choice((*chinese, *chinese, *others))


def foreigner(dice: Dice) -> str:
    return dice.choice(
        (resident(dice, f"9{dice.choice(AREAS)[:2]}{digits(dice, 3)}"), some(dice, LETTERS, 3) + digits(dice, 12))
    )


def old_resident(dice: Dice) -> str:
    return f"{dice.choice(AREAS)}{born(dice):%y%m%d}{dice.randrange(1000):03}"


def card(dice: Dice) -> str:
    prefix, length = dice.choice(CARDS)
    return luhn(prefix + digits(dice, length - len(prefix) - 1))


def mobile(dice: Dice) -> str:
    """One in eight with its country code."""
    return dice.choice(("", "", "", "", "", "", "", "+86")) + dice.choice(SEGMENTS + NEWER_SEGMENTS) + digits(dice, 8)


def landline(dice: Dice) -> str:
    local = f"{dice.randrange(2, 9)}{digits(dice, 7)}"
    short = f"{dice.randrange(2, 9)}{digits(dice, 6)}"
    area, small = dice.choice(("010", "021", "0755", "0571")), dice.choice(("0717", "0532", "0396"))
    return dice.choice(
        (
            f"{area}-{local}",
            f"{area} {local}",
            f"({area}){local}",
            f"{small}-{short}",
            f"400-{digits(dice, 3)}-{digits(dice, 4)}",
            f"{area}-{local}-{digits(dice, 4)}",
        )
    )


def email(dice: Dice) -> str:
    name = some(dice, LOWER, dice.randrange(3, 9)) + dice.choice(
        ("", digits(dice, 3), "." + some(dice, LOWER, 4), "_hr")
    )
    host = dice.choice(("example.com", "mail.example.cn", "corp.example.com.cn", "example.org", "qq.com", "163.com"))
    return f"{name}@{host}"


def wechat(dice: Dice) -> str:
    alias = some(dice, LOWER, dice.randrange(4, 8)) + dice.choice(("_", "-", "")) + digits(dice, 3)
    return dice.choice((alias, f"wxid_{some(dice, LOWER + '0123456789', 14)}"))


def address(dice: Dice) -> str:
    place = dice.choice(
        (
            "北京市朝阳区",
            "上海市浦东新区",
            "广东省深圳市南山区",
            "浙江省杭州市西湖区",
            "成都市武侯区",
            "江苏省昆山市玉山镇",
        )
    )
    street = dice.choice(("建国路", "世纪大道", "科苑南路", "文三路", "人民南路三段", "长江北路"))
    rest = dice.choice(
        (
            "",
            f"{dice.randrange(1, 30)}栋{dice.randrange(101, 2900)}室",
            f"{dice.randrange(1, 9)}号楼{dice.randrange(1, 5)}单元{dice.randrange(101, 900)}",
        )
    )
    return f"{place}{street}{dice.randrange(1, 999)}号{rest}"


def geo(dice: Dice) -> str:
    lat, lon = f"{dice.uniform(20, 48):.6f}", f"{dice.uniform(80, 130):.6f}"
    return dice.choice((f"{lat},{lon}", f"{lon}, {lat}", f"{lat}, {lon}"))


def person(dice: Dice) -> str:
    return dice.choice("王李张刘陈杨赵黄周吴徐孙马朱胡郭何林罗高") + some(
        dice, "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英", dice.choice((1, 2, 2))
    )


def secret(dice: Dice) -> str:
    return some(dice, LOWER, 3) + dice.choice("@#_!") + some(dice, LETTERS + "0123456789", 5)


def ipv6(dice: Dice) -> str:
    groups = [f"{dice.randrange(1, 65536):x}" for _ in range(8)]
    return dice.choice((":".join(groups), f"fe80::{':'.join(groups[:4])}", f"2001:db8::{groups[0]}:{groups[1]}"))


MAKERS: dict[str, Callable[[Dice], str]] = {
    "resident_id": lambda dice: resident(dice, dice.choice(AREAS)),
    "resident_id15": old_resident,
    "residence_permit_hmt": lambda dice: resident(dice, dice.choice(("810000", "820000", "830000"))),
    "foreigner_pr": foreigner,
    "hrp": lambda dice: dice.choice("HM") + digits(dice, dice.choice((8, 10))),
    "mtp": lambda dice: digits(dice, 8),
    "exit_hm": lambda dice: dice.choice(
        (f"C{digits(dice, 8)}", f"W{digits(dice, 8)}", f"C{dice.choice('ABCDEF')}{digits(dice, 7)}")
    ),
    "exit_tw": lambda dice: dice.choice("LT") + digits(dice, 8),
    "passport": passport,
    "hkid": hkid,
    "mo_bir": lambda dice: f"{dice.choice('157')}{digits(dice, 6)}({digits(dice, 1)})",
    "tw_id": taiwan,
    "uscc": uscc,
    "org_code": organisation,
    "biz_reg15": lambda dice: mod11_10(dice.choice(AREAS) + digits(dice, 8)),
    "tax_id": lambda dice: dice.choice(
        (dice.choice(AREAS) + digits(dice, 9), resident(dice, dice.choice(AREAS)) + "00")
    ),
    "bank_card": card,
    "bank_account": lambda dice: dice.choice("1345") + digits(dice, dice.choice((11, 13, 16, 18))),
    "mobile": mobile,
    "hk_mobile": lambda dice: dice.choice(("", "+852 ", "+852", "852-")) + dice.choice("569") + digits(dice, 7),
    "mo_mobile": lambda dice: dice.choice(("", "+853 ", "+853")) + "6" + digits(dice, 7),
    "tw_mobile": lambda dice: dice.choice(
        (f"09{digits(dice, 8)}", f"09{digits(dice, 2)}-{digits(dice, 3)}-{digits(dice, 3)}", f"+8869{digits(dice, 8)}")
    ),
    "landline": landline,
    "plate": plate,
    "plate_mil": lambda dice: dice.choice(
        (f"V{dice.choice('ABCEGKORTV')}·{digits(dice, 5)}", f"WJ{dice.choice('京沪粤鲁')}{digits(dice, 5)}")
    ),
    "vin": vin,
    "wechat_id": wechat,
    "wecom_id": lambda dice: dice.choice(
        (
            dice.choice(("wm", "wo", "wr")) + some(dice, LETTERS + LOWER + "0123456789_-", 30),
            f"ww{dice.getrandbits(64):016x}",
        )
    ),
    "qq": lambda dice: dice.choice("123456789") + digits(dice, dice.randrange(6, 10)),
    "email": email,
    "ipv4": lambda dice: ".".join(str(dice.randrange(10, 255)) for _ in range(4)),
    "ipv6": ipv6,
    "mac": lambda dice: dice.choice(":-").join(f"{dice.randrange(10, 256):02X}" for _ in range(6)),
    "imei": lambda dice: luhn("86" + digits(dice, 12)),
    "iccid": lambda dice: luhn("8986" + digits(dice, dice.choice((14, 15)))),
    "imsi": lambda dice: "4600" + dice.choice("01237") + digits(dice, 10),
    "military_id": lambda dice: f"{dice.choice('军兵士文')}字第{digits(dice, dice.choice((6, 7, 8)))}号",
    "driver_licence": lambda dice: dice.choice(AREAS) + digits(dice, 6),
    "securities_account": lambda dice: dice.choice(
        (f"A{digits(dice, 9)}", f"00{digits(dice, 8)}", f"18{digits(dice, 10)}", digits(dice, 8))
    ),
    "social_security": lambda dice: digits(dice, dice.choice((9, 10, 12))),
    "housing_fund": lambda dice: digits(dice, dice.choice((10, 12))),
    "medical_record": lambda dice: digits(dice, dice.choice((7, 8, 10))),
    "geo": geo,
    "address": address,
    "person_name": person,
    "credentials": secret,
}
"""One maker per kind."""
