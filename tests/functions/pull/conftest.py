"""A firm whose SDK is the stand-in in a folder of its own."""

from pathlib import Path

import pytest

from tests.corp import Corp
from tests.firm import Firm


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return Firm(Corp(tmp_path))
