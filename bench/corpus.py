"""Invented captures, the same for the same seed: CloudEvents as a gateway sends them. No text of any person."""

import base64
import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

PAIR = 2
CHINESE_SHARE = 0.8
START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)

CHINESE = (
    "{who}，{day}的会议改到{hour}点，地点还是{place}，材料我稍后发给您。",
    "好的，收到，我这边马上安排{thing}，有问题随时联系。",
    "请问{thing}的进度怎么样了？客户那边催得比较急。",
    "昨天下午和{who}通了电话，对方对{thing}的报价有些意见，我们明天再讨论一下。",
    "合同编号{number}已经盖章，快递单号{tracking}，请注意查收。",
    "{who}您好，关于{thing}，建议先看一下附件里的说明，再决定是否继续。",
    "哈哈，周末一起去{place}吃饭吧，我订位子。",
    "收益情况请以公告为准，我不能对产品的收益做任何承诺。",
    "麻烦把{thing}的最新版本发到群里，谢谢大家。",
    "今天市场波动比较大，{thing}先不要操作，等{hour}点的会后再定。",
    "抱歉刚才在开会，没看到消息。{thing}的审批已经通过了。",
    "请{who}确认一下收款账户信息，确认无误后我们{day}付款。",
)
ENGLISH = (
    "Hi {who}, could you please send me the latest version of the {thing} before {hour} o'clock?",
    "Thanks, noted. I will follow up with the client about the {thing} on {day}.",
    "The meeting is moved to {day}, same place as last time. Dial-in details to follow.",
    "Order {number} has been confirmed; the tracking number is {tracking}.",
    "Please do not trade until the announcement is out. Let's discuss after the call.",
)
WHO = (
    "客户经理",
    "部门主管",
    "风控同事",
    "运营同事",
    "值班同事",
    "客户",
    "the desk",
    "compliance",
    "operations",
    "法务",
)
DAY = ("周一", "周二", "周三", "周四", "周五", "Monday", "Wednesday", "Friday", "下周", "月底")
PLACE = ("会议室A", "三楼大厅", "国贸", "陆家嘴", "总部", "客户办公室")
THING = (
    "年度报告",
    "基金产品",
    "理财方案",
    "开户资料",
    "风险评估",
    "term sheet",
    "quarterly report",
    "invoice",
    "合同",
    "尽调清单",
)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A stream of captures of one gateway."""

    seed: int
    source: str = "//gateway.example/wechat"
    begin: datetime = START

    def events(self, count: int) -> Iterator[bytes]:
        """JSON of CloudEvents; one in ten is something other than a text."""
        dice = random.Random(self.seed)
        moment = self.begin
        for number in range(count):
            moment += timedelta(milliseconds=dice.randrange(200, 9000))
            yield self._event(dice, number, moment)

    def _event(self, dice: random.Random, number: int, moment: datetime) -> bytes:
        kind = dice.choices(("text", "recall", "image", "membership"), (90, 4, 4, 2))[0]
        room = dice.randrange(1, 40)
        accounts = [f"user{dice.randrange(1, 200):03d}" for _ in range(dice.choice((2, 2, 2, 3, 5, 8)))]
        exchange: dict[str, Any] = {
            "conversation": {"id": f"wr{room:06d}AAAA", "type": "direct" if len(accounts) == PAIR else "group"},
            "sender": {"id": accounts[0]},
            "recipients": [{"id": account} for account in accounts[1:]],
        }
        event_type, data = _shape(dice, kind, exchange, number)
        event = {
            "specversion": "1.0",
            "id": f"{dice.getrandbits(63)}_{int(moment.timestamp() * 1000)}",
            "source": self.source,
            "type": event_type,
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": data,
        }
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def text(dice: random.Random) -> str:
    """One to four sentences."""
    sentences = dice.choices(CHINESE if dice.random() < CHINESE_SHARE else ENGLISH, k=dice.choice((1, 1, 1, 2, 2, 4)))
    return "".join(
        sentence.format(
            who=dice.choice(WHO),
            day=dice.choice(DAY),
            hour=dice.randrange(9, 19),
            place=dice.choice(PLACE),
            thing=dice.choice(THING),
            number=f"HT{dice.randrange(10**8):08d}",
            tracking=f"SF{dice.randrange(10**13):013d}",
        )
        for sentence in sentences
    )


def batches(events: list[bytes], size: int) -> Iterator[bytes]:
    """Bodies of `application/cloudevents-batch+json`."""
    for at in range(0, len(events), size):
        yield b"[" + b",".join(events[at : at + size]) + b"]"


def _shape(dice: random.Random, kind: str, exchange: dict[str, Any], number: int) -> tuple[str, dict[str, Any]]:
    if kind == "recall":
        return "cn.wechat.recall", {**exchange, "recalls": f"{dice.getrandbits(63)}_{number}"}
    if kind == "membership":
        joined = [{"id": f"user{dice.randrange(1, 200):03d}"}]
        return "cn.wechat.membership", {"conversation": exchange["conversation"], "joined": joined, "left": []}
    if kind == "image":
        body = dice.randbytes(dice.randrange(300, 900))
        file = {
            "sha256": hashlib.sha256(body).hexdigest(),
            "media_type": "image/jpeg",
            "name": f"IMG_{number}.jpg",
            "data_base64": base64.b64encode(body).decode(),
        }
        return "cn.wechat.message", {**exchange, "content": {"type": "image", "media": [file]}}
    return "cn.wechat.message", {**exchange, "content": {"type": "text", "text": text(dice)}}
