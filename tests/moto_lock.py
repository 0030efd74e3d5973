"""What moto 5.2.5 leaves out of Object Lock and the archive room needs: GetObjectRetention.

moto answers that call with the object's body. Here it answers with the retention that moto itself stored. Nothing is
claimed from it: that locks hold is shown on SeaweedFS (tests/contracts).
"""

from typing import Any

from moto.s3.responses import S3Response

TEMPLATE = (
    '<?xml version="1.0" encoding="UTF-8"?><Retention xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    "<Mode>{mode}</Mode><RetainUntilDate>{until}</RetainUntilDate></Retention>"
)
ORIGINAL = S3Response.get_object


def _get_object(self: Any) -> Any:
    if "retention" not in self.querystring:
        return ORIGINAL(self)
    key, _ = self._get_key()
    return 200, {}, TEMPLATE.format(mode=key.lock_mode, until=key.lock_until)


def install() -> None:
    """Idempotent."""
    S3Response.get_object = _get_object  # type: ignore[method-assign]
