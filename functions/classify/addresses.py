"""Postal addresses: a province or a city, a street, a number, and what comes after it."""

import re

from functions.classify import tables
from functions.classify.spans import Span, always, matches

NUMBERED = re.compile(r"[0-9](?: ?[号號弄室]|[-之][0-9]{1,4} ?[号號弄室])")
SUFFIX = r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区|地区|盟|[\u4e00-\u9fff]{0,8}自治州)"
PLACES = "|".join(tables.words("places", "provinces") + tables.words("places", "cities"))
STREET = "路(?![演线線径徑上过過费費灯燈况況透标標由])|街(?!道办|道辦|上)|道(?![办辦具理歉])"
STREET += "|巷|胡同|弄|村|里|苑|园|園|院|镇|鎮|段|组|屯|区|區|坊|洲"
NUMBER = r"[0-9一二三四五六七八九十]{1,6}(?:[-之][0-9]{1,4})? ?(?:号|號|弄|室)(?![码碼线線口出入])"
LINKS = "的了着吗吧呢是说您我你他她们这那"
"""Words between which there is a sentence, and no address."""
UNIT = "号楼|號樓|栋|棟|幢|座|单元|單元|层|層|楼|樓|室|房|户|号|號"
FIRST = "".join(sorted({place[0] for place in PLACES.split("|")}))
"""Looked for before the many names are."""
ADDRESS = re.compile(
    rf"(?=[中{FIRST}])(?:中国|中國)?(?:{PLACES}){SUFFIX}?"
    rf"(?:(?![{LINKS}])[\u4e00-\u9fff0-9A-Za-z·（）()\- ]){{0,36}}?(?:{STREET})"
    rf"(?:[东西南北中]|[一二三四五六七八九十]{{1,2}}段)?"
    rf"(?:(?![{LINKS}在到至改])[\u4e00-\u9fff0-9A-Za-z\- ]){{0,12}}?{NUMBER}"
    rf"(?:(?:院|楼|樓)?[\u4e00-\u9fff]{{0,10}}?[0-9A-Za-z一二三四五六七八九十\-]{{1,6}} ?(?:{UNIT}))*"
    r"(?:(?<=[元栋棟幢座楼樓])[0-9]{2,4}(?![0-9A-Za-z]))?"
)


def find(text: str) -> list[Span]:
    """Postal addresses, down to a number."""
    return matches(ADDRESS, text, "address", always) if NUMBERED.search(text) else []
