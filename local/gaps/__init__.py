"""The gaps of ministack 1.5.33 that the archive meets, each closed from outside and nothing else changed.

Every `close_…` function names its gap (what AWS does, what ministack does) and refuses to work when the name it
stands on is gone. `tests/local` shows for each that it is still open upstream: a test fails when it no longer is.
"""

from collections.abc import Callable

from local.gaps.cloudformation import (
    close_generated_secrets,
    close_reserved_concurrency,
    close_secret_reference,
    close_table_properties,
    close_web_acl_association,
)
from local.gaps.cloudformation_buckets import close_bucket_properties
from local.gaps.eventbridge import close_delivery_permission
from local.gaps.kms_conditions import close_encryption_context_conditions
from local.gaps.s3_answers import (
    close_bucket_key,
    close_checksum_answer,
    close_event_version,
    close_range_of_version,
)
from local.gaps.s3_conditions import close_lock_permissions, close_put_conditions, close_retention_conditions
from local.gaps.s3_keys import close_key_permissions
from local.gaps.s3_locks import (
    close_copied_locks,
    close_forgotten_locks,
    close_impossible_locks,
    close_multipart_locks,
    close_retention_removal,
    close_suspended_versioning,
)
from local.gaps.sqs import close_batch_actions, close_large_batches

GAPS: tuple[Callable[[], None], ...] = (
    close_put_conditions,
    close_retention_conditions,
    close_lock_permissions,
    close_encryption_context_conditions,
    close_batch_actions,
    close_large_batches,
    close_bucket_properties,
    close_table_properties,
    close_reserved_concurrency,
    close_secret_reference,
    close_generated_secrets,
    close_web_acl_association,
    close_impossible_locks,
    close_retention_removal,
    close_suspended_versioning,
    close_multipart_locks,
    close_copied_locks,
    close_forgotten_locks,
    close_bucket_key,
    close_checksum_answer,
    close_event_version,
    close_range_of_version,
    close_key_permissions,
    close_delivery_permission,
)
