"""The outside of a callback: find the encrypted text in an XML or JSON body. Nothing here is authenticated yet."""

import json
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from functions.errors import Rejected


@dataclass(frozen=True, slots=True)
class Envelope:
    """`form` is `xml` or `json`."""

    form: str
    encrypted: str


class _NoDoctype(TreeBuilder):
    """Builds a tree and refuses a document type: no entities, no external files (XXE, billion laughs)."""

    def doctype(self, *_: str | None) -> None:
        raise Rejected("-40002: XML with a document type is not read")


def parse_xml(body: bytes) -> Element:
    """The root element. Raises Rejected on malformed XML or any DOCTYPE."""
    parser = XMLParser(target=_NoDoctype())  # noqa: S314 - DOCTYPE is refused, so no entity is ever declared
    try:
        parser.feed(body)
        root = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise Rejected("-40002: the XML is not well-formed") from error
    return root


def read_envelope(body: bytes) -> Envelope:
    """By the first byte that is not blank, since Content-Type says `text/json` or nothing. Raises Rejected."""
    first = body.lstrip()[:1]
    if first == b"<":
        return Envelope("xml", _from_xml(body))
    if first == b"{":
        return Envelope("json", _from_json(body))
    raise Rejected("-40002: the body is neither XML nor a JSON object")


def _from_xml(body: bytes) -> str:
    texts = [element.text or "" for element in parse_xml(body).findall("Encrypt")]
    if len(texts) != 1 or not texts[0].strip():
        raise Rejected("-40002: the XML holds no single Encrypt element")
    return texts[0].strip()


def _from_json(body: bytes) -> str:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Rejected("-40002: the JSON is not well-formed") from error
    for name in ("encrypt", "Encrypt"):  # WeCom writes it small, Official Account and mini program large
        if isinstance(envelope.get(name), str) and envelope[name]:
            return str(envelope[name])
    raise Rejected("-40002: the JSON holds no encrypt text")
