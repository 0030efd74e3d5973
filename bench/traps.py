"""What looks like an identifier and is none: orders, parcels, amounts, moments, hashes, wrong check digits."""

from collections.abc import Callable

from bench.identities import LETTERS, LOWER, Dice, card, digits, hkid, resident, some, uscc


def wrong(text: str, at: int) -> str:
    """With one digit that is not the right one."""
    digit = text[at]
    return text[:at] + str((int(digit) + 3) % 10 if digit.isdigit() else 7) + text[at + 1 :]


def day(dice: Dice) -> str:
    year, month, number = dice.randrange(2019, 2028), dice.randrange(1, 13), dice.randrange(1, 29)
    return dice.choice(
        (
            f"{year}-{month:02}-{number:02}",
            f"{year}{month:02}{number:02}",
            f"{year}年{month}月{number}日",
            f"{year}/{month}/{number}",
        )
    )


def order(dice: Dice) -> str:
    when = f"{dice.randrange(2019, 2028)}{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}"
    return dice.choice(
        (
            when + digits(dice, 10),
            "DD" + when + digits(dice, 6),
            digits(dice, 12),
            f"1{dice.choice('3578')}" + digits(dice, 9),
        )
    )


def tracking(dice: Dice) -> str:
    return dice.choice(
        (
            f"SF{digits(dice, 13)}",
            f"YT{digits(dice, 13)}",
            f"JD{digits(dice, 13)}",
            digits(dice, 12),
            f"EA{digits(dice, 9)}CN",
            f"43{digits(dice, 11)}",
        )
    )


def uuid(dice: Dice) -> str:
    text = f"{dice.getrandbits(128):032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def url(dice: Dice) -> str:
    return dice.choice(
        (
            f"https://shop.example.com/item/{digits(dice, 12)}.html",
            f"https://example.com/p?id={'138' + digits(dice, 8)}&t={digits(dice, 13)}",
            f"http://example.cn/{some(dice, LOWER, 6)}/{card(dice)}",
        )
    )


MAKERS: dict[str, Callable[[Dice], str]] = {
    "order": order,
    "tracking": tracking,
    "meeting": lambda dice: dice.choice(
        (
            digits(dice, 9),
            f"{digits(dice, 3)} {digits(dice, 3)} {digits(dice, 3)}",
            f"{digits(dice, 3)}-{digits(dice, 3)}-{digits(dice, 3)}",
        )
    ),
    "amount": lambda dice: dice.choice(
        (
            f"{dice.randrange(1, 10**8)}.{digits(dice, 2)}",
            f"{dice.randrange(1, 999)},{digits(dice, 3)},{digits(dice, 3)}",
            f"1{dice.choice('3578')}{digits(dice, 9)}",
        )
    ),
    "uuid": uuid,
    "id19": lambda dice: dice.choice("1234567") + digits(dice, 18),
    "ticket": lambda dice: f"INC{digits(dice, 8)}",
    "date": day,
    "time": lambda dice: f"{dice.randrange(24):02}:{dice.randrange(60):02}:{dice.randrange(60):02}",
    "timestamp": lambda dice: f"17{digits(dice, dice.choice((8, 11)))}",
    "small": lambda dice: str(dice.randrange(1, 999)),
    "hash": lambda dice: f"{dice.getrandbits(160):040x}",
    "url": url,
    "bad_card": lambda dice: wrong(card(dice), -1),
    "bad_id": lambda dice: wrong(resident(dice, "110105"), 17),
    "bad_uscc": lambda dice: wrong(uscc(dice), 17),
    "hkid_bad": lambda dice: wrong(hkid(dice), -2),
    "version": lambda dice: ".".join(str(dice.randrange(1, 30)) for _ in range(dice.choice((3, 4)))),
    "sku": lambda dice: some(dice, LETTERS, 2) + digits(dice, 7),
    "file": lambda dice: f"IMG_{order(dice)[:11]}.jpg",
    "contract": lambda dice: f"HT-{dice.randrange(2019, 2028)}-{digits(dice, 6)}",
    "fund_code": lambda dice: digits(dice, 6),
    "nav": lambda dice: f"{dice.uniform(0.5, 3):.4f}",
    "long_digits": lambda dice: digits(dice, dice.choice((9, 10, 14, 17, 20, 22, 24))),
    "wxpay": lambda dice: "42000" + digits(dice, 23),
}
"""One maker per trap."""
