"""A person reads one record, or a gateway asks whether we have one.

In: signed `GET /records/{record_id}`, `GET /receipts/{gateway}/{event_id}`. Out: the record with where it lies and how
S3 says it is locked; or the receipt.
Never: writes anything but its log; opens more than the record that was asked for; trusts the table about a lock.
"""
