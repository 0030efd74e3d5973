"""The flow, in order.

`intake` takes a delivery over HTTP, authenticates it, seals it and queues it; `pull`, where a firm wants it, fetches
what WeCom does not deliver, and queues it the same way. `archive` opens it, decides about each capture in it (`wechat`,
`classify`, `malware`, `law`), drops and counts what is not the firm's, sets aside what must not be locked, packs the
others into a `segment` and writes that once, locked, into the vault. `media` seals uploaded files beside them. `index`
reads every segment that arrives and files postings. `retrieval` finds a record by its id and opens that record alone,
or a part of a media file. `completeness` looks for what did not come, and signs a report of each day that goes through
all of this itself. `office` is where people decide about records, and `custody` keeps what may be a state secret.

`disposition` carries out what officers have ordered about what is locked: holds, releases, longer locks. `erasure`
takes a record's salt away, which nobody can undo. `border` counts what somebody wants to hand over abroad, before two
people may approve that.

S3 is the truth; DynamoDB is a copy that can be rebuilt; SQS holds nothing in clear. A room imports the rooms before it
and never those after it. Ideas (`capture`, `wechat`, `classify`, `law`, `segment`) are pure: values in, values out;
`malware` may ask a clamd besides.
"""

__version__ = "0.1.0"
