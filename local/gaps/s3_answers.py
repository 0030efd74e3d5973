"""What S3 answers and tells: checksum and bucket key of a write, the version in its event, a part of a version."""

import json
from collections.abc import Callable
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

from ministack.services import eventbridge, s3

from local.gaps.patching import function, need, replace

_FIRE_PARAMETERS = (
    "bucket_name key event_name size etag deletion_type restore_event_data version_id sequencer "
    "object_extra record_extra"
)
_BUCKET_KEY = "x-amz-server-side-encryption-bucket-key-enabled"


Answer = tuple[int, dict[str, str], bytes]


def close_bucket_key() -> None:
    """The answer to a write says whether the bucket key was used.

    AWS: PutObject, HeadObject and GetObject answer `x-amz-server-side-encryption-bucket-key-enabled: true`.
    ministack: never says so, whatever the request or the bucket's encryption asked for.
    """
    defaults = need(s3, "_bucket_encryption")
    s3._SSE_STORED_HEADERS = (*need(s3, "_SSE_STORED_HEADERS"), _BUCKET_KEY)  # noqa: SLF001 (a tuple: replaced, not filled)

    def around(original: Callable[..., tuple[Any, Any]]) -> Callable[..., tuple[Any, Any]]:
        def resolve(headers: dict[str, str], bucket_name: str) -> tuple[Any, Any]:
            stored, refusal = original(headers, bucket_name)
            if stored and stored.get("x-amz-server-side-encryption") == "aws:kms":
                asked = headers.get(_BUCKET_KEY, "").lower()
                by_default = "<BucketKeyEnabled>true</BucketKeyEnabled>" in (defaults.get(bucket_name) or "")
                if asked == "true" or (not asked and by_default):
                    stored[_BUCKET_KEY] = "true"
            return stored, refusal

        return resolve

    replace(s3, "_resolve_sse_write_headers", "headers bucket_name", around)


def close_event_version() -> None:
    """The EventBridge event of a write names the version it made.

    AWS: `detail.object.version-id` in a versioned bucket.
    ministack: leaves it out, though the same event to SQS or Lambda has it.
    """
    version: ContextVar[str | None] = ContextVar("version", default=None)
    function(s3, "_fire_s3_event", _FIRE_PARAMETERS)

    def around_fire(original: Callable[..., None]) -> Callable[..., None]:
        def fire(*args: Any, version_id: str | None = None, **kwargs: Any) -> None:
            token = version.set(version_id)
            try:
                original(*args, version_id=version_id, **kwargs)
            finally:
                version.reset(token)

        return fire

    def around_dispatch(original: Callable[..., None]) -> Callable[..., None]:
        def dispatch(event: dict[str, Any], view: Any = None) -> None:
            if version.get() and event.get("Source") == "aws.s3":
                detail = json.loads(event["Detail"])
                detail["object"].setdefault("version-id", version.get())
                event = {**event, "Detail": json.dumps(detail)}
            original(event, view)

        return dispatch

    replace(s3, "_fire_s3_event", _FIRE_PARAMETERS, around_fire)
    replace(eventbridge, "_dispatch_event", "event view", around_dispatch)


def close_checksum_answer() -> None:
    """The answer to a write gives the checksum that S3 computed.

    AWS: PutObject answers `x-amz-checksum-sha256` (or whichever was asked for), and `x-amz-checksum-type`.
    ministack: checks and stores it, answers it to HEAD and GET, and leaves it out here.
    """
    buckets = need(s3, "_buckets")

    def around(original: Callable[..., Answer]) -> Callable[..., Answer]:
        def put(bucket_name: str, key: str, body: bytes, headers: dict[str, str]) -> Answer:
            status, answer, rest = original(bucket_name, key, body, headers)
            if status == HTTPStatus.OK:
                stored = buckets[bucket_name]["objects"][key].get("checksums") or {}
                answer |= {f"x-amz-checksum-{name.lower()}": value for name, value in stored.items()}
                answer |= {"x-amz-checksum-type": "FULL_OBJECT"} if stored else {}
            return status, answer, rest

        return put

    replace(s3, "_put_object", "bucket_name key body headers", around)


def close_range_of_version() -> None:
    """A part of a *named version* can be read.

    AWS: GetObject with `Range` and `versionId` answers 206 with those bytes, or 416.
    ministack: honours the range of the current object alone, and answers 200 with all of a named version.
    """
    find = function(s3, "_parse_range", "range_header total")
    error = need(s3, "_error")

    def around(original: Callable[..., Answer]) -> Callable[..., Answer]:
        def get(
            bucket_name: str, key: str, headers: dict[str, str], query_params: dict[str, Any] | None = None
        ) -> Answer:
            status, answer, body = original(bucket_name, key, headers, query_params)
            if status != HTTPStatus.OK or not headers.get("range"):
                return status, answer, body
            found = find(headers["range"], len(body))
            if found is None:
                refusal: Answer = error("InvalidRange", "The requested range is not satisfiable", 416)
                return refusal
            first, last = found
            whole = {name: value for name, value in answer.items() if not name.startswith("x-amz-checksum-")}
            part = {"Content-Range": f"bytes {first}-{last}/{len(body)}", "Content-Length": str(last - first + 1)}
            return HTTPStatus.PARTIAL_CONTENT, whole | part, body[first : last + 1]

        return get

    replace(s3, "_get_object", "bucket_name key headers query_params", around)
