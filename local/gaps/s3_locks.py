"""Object Lock where ministack forgets it: refused requests, multipart uploads, copies, restarts."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ministack.services import s3

from local.gaps.patching import function, need, replace

Answer = tuple[int, dict[str, str], bytes]

_MODE, _UNTIL = "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date"
_HOLD = "x-amz-object-lock-legal-hold"
_SUCCESS = range(200, 300)


def flaw_in_lock(mode: str, until: str, hold: str, now: datetime) -> str | None:
    """S3's own sentence about a lock it cannot grant, or None; empty strings stand for absent headers."""
    if bool(mode) != bool(until):
        return "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
    if mode and mode not in {"COMPLIANCE", "GOVERNANCE"}:
        return "Unknown wormMode directive."
    if hold and hold not in {"ON", "OFF"}:
        return "Legal Hold must be either of 'ON' or 'OFF'"
    if until and not _is_later(until, now):
        return "The retain until date must be in the future!"
    return None


def _is_later(moment: str, now: datetime) -> bool:
    try:
        return datetime.fromisoformat(moment) > now
    except ValueError:
        return False


def close_impossible_locks() -> None:
    """A write asking for half a lock, an unknown mode or a past date is refused.

    AWS: 400 InvalidArgument.
    ministack: stores the object, without a lock or with a senseless one.
    """
    error = need(s3, "_error")

    def around(original: Callable[..., Answer | None]) -> Callable[..., Answer | None]:
        def check(bucket_name: str, headers: Mapping[str, str]) -> Answer | None:
            values = (headers.get(_MODE, ""), headers.get(_UNTIL, ""), headers.get(_HOLD, ""))
            flaw = flaw_in_lock(*values, datetime.now(UTC))
            refusal: Answer | None = original(bucket_name, headers)
            return refusal or (error("InvalidArgument", flaw, 400) if flaw else None)

        return check

    replace(s3, "_object_lock_header_error", "bucket_name headers", around)


def close_retention_removal() -> None:
    """An empty `<Retention/>` takes a lock away only where the lock allows it.

    AWS: 403 AccessDenied while COMPLIANCE runs, and under GOVERNANCE without the bypass header.
    ministack: 400 MalformedXML, whatever the lock.
    """
    error = need(s3, "_error")
    parse = need(s3, "fromstring")
    target = function(s3, "_object_lock_target", "bucket_name key bucket query_params")
    locked = function(s3, "_check_object_lock", "bucket_name key headers version_id")
    buckets, retentions = need(s3, "_buckets"), need(s3, "_object_retention")

    def around(original: Callable[..., Answer]) -> Callable[..., Answer]:
        def put(
            bucket_name: str,
            key: str,
            body: bytes,
            headers: dict[str, str],
            query_params: dict[str, Any] | None = None,
        ) -> Answer:
            if bucket_name not in buckets or not _is_empty_retention(body, parse):
                return original(bucket_name, key, body, headers, query_params)
            lock_key, missing = target(bucket_name, key, buckets[bucket_name], query_params)
            if missing:
                return original(bucket_name, key, body, headers, query_params)
            if locked(*lock_key[:2], headers, lock_key[2]):
                message = "Access Denied because object protected by object lock."
                refusal: Answer = error("AccessDenied", message, 403)
                return refusal
            retentions.pop(lock_key, None)
            return 200, {"Content-Type": "application/xml"}, b""

        return put

    replace(s3, "_put_object_retention", "bucket_name key body headers query_params", around)


def _is_empty_retention(body: bytes, parse: Callable[[bytes], Any]) -> bool:
    return b"Retention" in body and b"Mode" not in body and len(list(parse(body).iter())) == 1


def close_suspended_versioning() -> None:
    """Versioning cannot be switched off under Object Lock.

    AWS: 409 InvalidBucketState.
    ministack: 200, and from then on a PUT replaces what it finds under the null version.
    """
    error, lock = need(s3, "_error"), need(s3, "_bucket_object_lock")

    def around(original: Callable[..., Answer]) -> Callable[..., Answer]:
        def put(name: str, body: bytes) -> Answer:
            if lock.get(name) and b"Suspended" in body:
                message = (
                    "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
                )
                refusal: Answer = error("InvalidBucketState", message, 409)
                return refusal
            return original(name, body)

        return put

    replace(s3, "_put_bucket_versioning", "name body", around)


def close_multipart_locks() -> None:
    """A multipart upload is locked as its first request asked, or by the bucket's default.

    AWS: the lock headers of CreateMultipartUpload hold for the finished object.
    ministack: the finished object has no lock at all and can be deleted.
    """
    uploads, buckets = need(s3, "_multipart_uploads"), need(s3, "_buckets")
    query, find, parse = need(s3, "_qp"), need(s3, "_find_xml_tag"), need(s3, "fromstring")
    apply = function(s3, "_apply_object_lock_from_headers", "bucket_name key headers version_id")

    def around_create(original: Callable[..., Answer]) -> Callable[..., Answer]:
        def create(bucket_name: str, key: str, headers: dict[str, str]) -> Answer:
            answer = original(bucket_name, key, headers)
            if answer[0] in _SUCCESS:
                upload_id = find(parse(answer[2]), "UploadId").text
                uploads[upload_id]["lock_headers"] = {n: headers[n] for n in (_MODE, _UNTIL, _HOLD) if n in headers}
            return answer

        return create

    def around_complete(original: Callable[..., Answer]) -> Callable[..., Answer]:
        def complete(
            bucket_name: str,
            key: str,
            body: bytes,
            query_params: dict[str, Any],
            headers: dict[str, str] | None = None,
        ) -> Answer:
            upload = uploads.get(query(query_params, "uploadId"))
            answer = original(bucket_name, key, body, query_params, headers)
            if upload and answer[0] in _SUCCESS:
                version_id = buckets[bucket_name]["objects"][key].get("version_id")
                apply(bucket_name, key, upload.get("lock_headers", {}), version_id)
            return answer

        return complete

    replace(s3, "_create_multipart_upload", "bucket_name key headers", around_create)
    replace(s3, "_complete_multipart_upload", "bucket_name key body query_params headers", around_complete)


def close_copied_locks() -> None:
    """A copy gets the lock it asks for, or the bucket's default, and never its source's.

    AWS: CopyObject does not copy retention or legal hold.
    ministack: copies both, and ignores the lock headers of the request.
    """
    stores = (need(s3, "_object_retention"), need(s3, "_object_legal_hold"))
    buckets = need(s3, "_buckets")
    apply = function(s3, "_apply_object_lock_from_headers", "bucket_name key headers version_id")

    def around(original: Callable[..., Answer]) -> Callable[..., Answer]:
        def copy(bucket_name: str, dest_key: str, headers: dict[str, str]) -> Answer:
            answer = original(bucket_name, dest_key, headers)
            if answer[0] in _SUCCESS:
                version_id = buckets[bucket_name]["objects"][dest_key].get("version_id")
                for store in stores:
                    store.pop((bucket_name, dest_key, version_id), None)
                apply(bucket_name, dest_key, headers, version_id)
            return answer

        return copy

    replace(s3, "_copy_object", "bucket_name dest_key headers", around)


def close_forgotten_locks() -> None:
    """Retention and legal hold survive a restart.

    AWS: of course.
    ministack: saves buckets and objects, but neither of these; after a clean restart a locked version is deletable.
    """
    saved = need(s3, "_PERSISTED_BUCKET_DICTS")
    saved["object_retention"] = need(s3, "_object_retention")
    saved["object_legal_hold"] = need(s3, "_object_legal_hold")
