"""`python -m infra.openapi [FILE]`: what the door offers, with and without an ICP filing."""

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from infra.app import ROOT, add_stacks, make_app
from infra.deployment import Deployment, read
from infra.openapi.document import AWS, NOBODY, document

PAGE = ROOT / "docs" / "openapi.json"


def render() -> str:
    """The file's text."""
    routes: dict[str, set[str]] = defaultdict(set)
    blocks = make_app(()).node.get_context("deployments")
    deployment = read(blocks, "local")
    for icp in (True, False):
        for route, authorised in _routes(deployment.model_copy(update={"icp": icp})).items():
            routes[route].add(authorised)
    return json.dumps(_plain(document(routes)), indent=2, ensure_ascii=False) + "\n"


def _routes(deployment: Deployment) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "stub.py").write_text("")  # stands for the functions, whose code changes no route
        _, flow = add_stacks(make_app(()), deployment, Path(folder))
        door = flow.door
    open_methods = {method.node.path for method in door.open_methods}
    return {
        f"{method.http_method} {method.resource.path}": NOBODY if method.node.path in open_methods else AWS
        for method in door.methods
    }


def _plain(value: Any) -> Any:
    """Without docstrings' line breaks."""
    match value:
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case list():
            return [_plain(one) for one in value]
        case str():
            return " ".join(value.split())
        case _:
            return value


file = Path(sys.argv[1]) if sys.argv[1:] else PAGE
file.write_text(render(), encoding="utf-8")
sys.stdout.write(f"{file} written\n")
