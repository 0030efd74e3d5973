"""A person reads one record, or a gateway asks whether we have one.

In: signed `GET /records/{record_id}`, `GET /receipts/{gateway}/{event_id}`. Out: the record with where it lies and how
S3 says it is locked, and which records take it back; or the receipt.
Never: writes anything but its log; shows more than the record that was asked for; trusts the table about a lock.
"""
