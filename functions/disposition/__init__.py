"""What officers have ordered about records that are locked: held, let go, kept longer.

In: orders from the office, approved and recorded before. Out: S3 legal holds and longer locks on segments, keyrings and
media; the list of holds that the archive room looks at, and holds at the items of files; a report of what was done.
Never: shortens or weakens a lock, deletes anything, opens a record, decides.
"""
