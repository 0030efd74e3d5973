"""A repository small enough to build in a test: one function, one wheel that lies beside it, no network."""

import base64
import hashlib
import shutil
import zipfile
from pathlib import Path

from infra.app import ROOT

WHEEL = "tiny-1.0-py3-none-any.whl"
FILES = {
    "tiny/__init__.py": "ANSWER = 42\n",
    "tiny/__init__.pyi": "ANSWER: int\n",
    "tiny/tests/test_tiny.py": "",
    "tiny-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
    "tiny-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "tiny-1.0.data/scripts/tiny": "#!python\nimport tiny\n",
}


def make_repository(root: Path) -> Path:
    """`functions/`, `requirements/lambda.txt`, `cdk.json`."""
    wheel = _make_wheel(root / WHEEL)
    (root / "functions").mkdir()
    (root / "functions" / "__init__.py").write_text('"""Functions."""\n')
    (root / "functions" / "rules.toml").write_text("version = 1\n")
    (root / "functions" / "__pycache__").mkdir()
    (root / "functions" / "__pycache__" / "stale.cpython-311.pyc").write_bytes(b"stale")
    (root / "requirements").mkdir()
    pin = f"tiny @ {wheel.as_uri()} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
    (root / "requirements" / "lambda.txt").write_text(pin)
    shutil.copy(ROOT / "cdk.json", root)
    return root


def _make_wheel(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as wheel:
        lines = []
        for name, text in FILES.items():
            wheel.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(text)}\n")
        record = "tiny-1.0.dist-info/RECORD"
        wheel.writestr(record, "".join([*lines, f"{record},,\n"]))
    return path
