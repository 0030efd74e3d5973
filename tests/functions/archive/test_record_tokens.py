"""By what a record is found."""

from tests.functions.archive.deciding import kept as decided
from tests.functions.archive.test_decide import TEXT, event, tokens
from tests.functions.builders import INDEX_KEY, make_callback_delivery, make_delivery
from tests.make import make_event


def test_a_record_can_be_found_by_everything_the_format_page_lists() -> None:
    content = {"type": "file", "text": "13800138000 11010519491231002X", "media": [{"sha256": "ab" * 32}]}
    data = {**make_event()["data"], "content": content}
    record = decided(make_delivery(event(data=data)))

    assert set(record.plain.tokens) == {bytes.fromhex("ab" * 16)} | tokens(
        ("participant", "account-1"),
        ("participant", "account-2"),
        ("tier", "general"),
        ("conversation", "room-1"),
        ("media", "ab" * 32),
        ("flag", "media_missing"),
        ("finding", "mobile"),
        ("finding", "resident_id"),
    )


def test_a_records_first_token_is_its_arrival_and_no_token_stands_twice() -> None:
    content = {"type": "text", "text": "13800138000 13800138000"}
    found = decided(make_delivery(event(data={**make_event()["data"], "content": content}))).plain.tokens

    assert found[0] == bytes.fromhex("ab" * 16)
    assert len(found) == len(set(found))


def test_a_record_names_itself_and_its_event_by_digests() -> None:
    record = decided(make_delivery(event()))

    assert record.plain.digest == bytes.fromhex("ab" * 8)
    assert record.plain.event_digest == INDEX_KEY.event_digest(endpoint="gateway/gateway-one", event_id="msg-1")
    assert decided(make_callback_delivery(TEXT)).plain.event_digest == bytes(8)
