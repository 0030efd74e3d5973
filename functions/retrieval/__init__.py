"""A person reads one record or a part of a media file, or a gateway asks whether we have a record.

In: signed `GET /records/{record_id}`, `GET /media/{sha256}`, `GET /receipts/{gateway}/{event_id}`. Out: the record, and
which records take it back, or the bytes, with where they lie and how S3 says they are locked; or the receipt.
Never: writes anything but its log; shows more than the record that was asked for; trusts the table about a lock.
"""
