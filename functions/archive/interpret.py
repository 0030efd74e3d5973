"""Which reader understands a capture: by the door it came in, and what it says it is. Pure and total."""

from functions.capture import act, content
from functions.capture.aside import BATCHES
from functions.capture.capture import UNPARSED, Delivery, Flag, Interpretation, Item
from functions.wechat import chatarchive, message


def interpret(delivery: Delivery, item: Item) -> Interpretation:
    """What the capture says. Whatever it is, there is an answer. Of what no key opened, nothing is believed."""
    if Flag.UNPARSED in delivery.flags:
        return UNPARSED
    return read(delivery.door, item.event_type, delivery.capture(item))


def read(door: str, event_type: str, capture: bytes) -> Interpretation:
    if door not in BATCHES:
        return message.interpret(capture)
    if door == "office":
        return act.interpret(capture)
    if door == "report":
        return act.interpret_report(event_type, capture)
    if event_type == chatarchive.EVENT_TYPE:
        return chatarchive.interpret(capture)
    return content.interpret(event_type, capture)
