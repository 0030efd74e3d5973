"""How many AWS calls a full segment of 1,000 captures takes, counted at botocore on an archive in moto's memory."""

import io
from collections import Counter
from contextlib import redirect_stdout
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from bench.corpus import Corpus
from tests.aws import deploy
from tests.conftest import configure
from tests.make import GATEWAY, SECRET, make_post

LAMBDA_DOES = {"ReceiveMessage", "DeleteMessage", "ListObjectVersions"}
"""Calls of the test's pump, which Lambda's pollers and S3's notices stand for."""
POSTS = 10
PER_POST = 100


def calls_per_thousand() -> dict[str, int]:
    """Room and call → how often, for ten posts of a hundred captures that fill one segment."""
    counted: Counter[str] = Counter()
    room = "intake"

    def note(model: Any, **_: Any) -> None:
        if model.name not in LAMBDA_DOES:
            counted[f"{room}: {model.service_model.service_name} {model.name}"] += 1

    with redirect_stdout(io.StringIO()), pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        stage = deploy(patch)
        configure(stage, f'[[gateway]]\nid = "{GATEWAY}"\nsecrets = ["{SECRET}"]\n')
        boto3.setup_default_session()
        session = boto3.DEFAULT_SESSION
        if session is not None:
            session.events.register("before-call", note)
        events = list(Corpus(5).events(POSTS * PER_POST))
        for at in range(POSTS):
            body = b"[" + b",".join(events[at * PER_POST : (at + 1) * PER_POST]) + b"]"
            stage.post(make_post(body, at=datetime.now(UTC), webhook_id=f"d-{at}"))
        room = "archive"
        stage.pump()
        room = "index"
        stage.index()
    return dict(sorted(counted.items())) | {"all": sum(counted.values())}
