"""The peer: presidio-analyzer with the same identifiers as pattern recognisers. Installed apart, into build/bench."""

import importlib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from functions.classify import numbers, rules, telephones, written

FOLDER = Path(__file__).parents[1] / "build" / "bench"
LEFT, RIGHT = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"
RUNS = {11: "[0-9]{11}", 13: "[0-9]{13}", 14: "[0-9]{14}", 15: "[0-9]{15}", 16: "[0-9]{16}", 17: "[0-9A-Z]{17}"}
RUNS |= {18: "[0-9A-Zx]{18}", 19: "[0-9]{19}", 20: "[0-9]{20}"}
SHAPED = {
    "email": written.EMAIL,
    "ipv4": written.IPV4,
    "ipv6": written.IPV6,
    "mac": written.MAC,
    "plate": written.PLATE,
    "hkid": written.HKID,
    "mo_bir": written.MACAU,
    "geo": written.GEO,
    "landline": telephones.FIXED,
    "service": telephones.SERVICE,
    "wecom_id": written.WECOM,
    "military_id": written.MILITARY_ID,
}
CALLED = {"passport": rules.PASSPORT, "hrp": rules.HOME_RETURN, "exit_hm": rules.EXIT_HM, "exit_tw": rules.EXIT_TW}
CALLED |= {"tw_id": rules.TAIWAN, "resident_id15": rules.OLD_RESIDENT, "biz_reg15": rules.BUSINESS}
"""One pattern each for what only a word gives away; presidio's own context words raise their scores."""


def analyser() -> Any | None:
    """An analyser without a language model, or none where presidio is not installed."""
    if not FOLDER.is_dir():
        return None
    sys.path.append(str(FOLDER))
    peer = importlib.import_module("presidio_analyzer")
    engine = importlib.import_module("presidio_analyzer.nlp_engine")
    registry = peer.RecognizerRegistry(supported_languages=["zh"])
    for recogniser in recognisers(peer):
        registry.add_recognizer(recogniser)
    return peer.AnalyzerEngine(registry=registry, nlp_engine=_no_model(engine), supported_languages=["zh"])


def recognisers(peer: Any) -> list[Any]:
    """The same expressions and the same check functions as the scanner's."""
    made = [_recogniser(peer, kind, pattern.pattern, lambda _text: True) for kind, pattern in SHAPED.items()]
    for length, tests in rules.ALONE.items():
        made += [_recogniser(peer, rule.kind, LEFT + RUNS[length] + RIGHT, rule.test) for rule in tests]
    run = rf"{LEFT}[A-Za-z]{{0,3}}[0-9]{{7,15}}{RIGHT}"
    made += [_recogniser(peer, kind, run, rule.test) for kind, rule in CALLED.items()]
    return [*made, _recogniser(peer, "number", numbers.NUMBER.pattern, lambda text: len(text) >= numbers.LEAST)]


def _recogniser(peer: Any, kind: str, pattern: str, test: Callable[[str], bool]) -> Any:
    def validate_result(_self: Any, pattern_text: str) -> bool:
        return test(pattern_text)

    made = type(f"Own{kind}", (peer.PatternRecognizer,), {"validate_result": validate_result})
    return made(
        supported_entity=kind.upper(), patterns=[peer.Pattern(kind, pattern, 0.5)], supported_language="zh", name=kind
    )


def _no_model(engine: Any) -> Any:
    """Tokens are not needed by patterns: the peer is spared its language model."""

    def artifacts(*_arguments: Any, **_options: Any) -> Any:
        return engine.NlpArtifacts([], [], [], [], None, "zh")

    methods = {
        "process_text": artifacts,
        "load": lambda _self: None,
        "is_loaded": lambda _self: True,
        "process_batch": artifacts,
        "is_stopword": lambda *_: False,
        "is_punct": lambda *_: False,
        "get_supported_entities": lambda _self: [],
        "get_supported_languages": lambda _self: ["zh"],
    }
    return type("NoModel", (engine.NlpEngine,), methods)()


def timed(peer: Any, texts: Sequence[str]) -> float:
    """CPU microseconds per text."""
    before = time.process_time()
    for text in texts:
        peer.analyze(text=text, language="zh")
    return (time.process_time() - before) / len(texts) * 1e6
