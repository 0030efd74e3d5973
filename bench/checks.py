"""Check digits by recursion: other means than the scanner's weights."""


def luhn(body: str) -> str:
    """The body with its ISO/IEC 7812 digit."""
    total = 0
    for position, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 - position % 2)
        total += doubled // 10 + doubled % 10
    return body + str(-total % 10)


def mod11_2(body: str) -> str:
    """The body with its ISO 7064 MOD 11-2 character."""
    product = 0
    for digit in body:
        product = (product + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - product) % 11]


def mod11_10(body: str) -> str:
    """The body with its ISO 7064 MOD 11,10 digit."""
    return body + next(digit for digit in "0123456789" if _hybrid(body + digit) == 1)


def _hybrid(number: str) -> int:
    product = 10
    for digit in number[:-1]:
        total = (product + int(digit)) % 10
        product = 2 * (total or 10) % 11
    return (product + int(number[-1])) % 10
