"""`state.json`: all that a client needs to be pointed at a running local archive."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from functions.intake.endpoints import Configuration
from local.emulator import REGION, Place
from local.operator import AccessKey

_OWNER_ALONE = 0o600


def describe(
    place: Place, *, outputs: Mapping[str, str], configuration: Configuration, key: AccessKey, account: str
) -> dict[str, Any]:
    """What the file says. The credentials are the operator's; a gateway's secret is its current one."""
    return {
        "door": place.door,
        "aws_endpoint": place.endpoint,
        "s3_endpoint": place.endpoint,
        "region": REGION,
        "account": account,
        "access_key_id": key.access_key_id,
        "secret_access_key": key.secret_access_key,
        "archive_id": outputs["ArchiveId"],
        "vault_bucket": outputs["VaultBucket"],
        "keyring_bucket": outputs["KeyringBucket"],
        "quarantine_bucket": outputs["QuarantineBucket"],
        "intake_bucket": outputs["IntakeBucket"],
        "tables": {
            "postings": outputs["PostingsTable"],
            "deliveries": outputs["DeliveriesTable"],
            "custodians": outputs["CustodiansTable"],
            "sequences": outputs["SequencesTable"],
        },
        "gateways": {gateway.id: {"secret": gateway.secrets[0]} for gateway in configuration.gateway},
        "wecom": [endpoint.id for endpoint in configuration.wecom],
        "wechat": [endpoint.id for endpoint in configuration.wechat],
    }


def write_state(file: Path, state: Mapping[str, Any]) -> None:
    """Write the file whole or not at all, readable by its owner alone."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    text = json.dumps(state, indent=2, ensure_ascii=False) + "\n"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE), "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(file)


def read_state(file: Path) -> dict[str, Any] | None:
    """What was written, or None when nothing was."""
    return dict(json.loads(file.read_text("utf-8"))) if file.exists() else None
