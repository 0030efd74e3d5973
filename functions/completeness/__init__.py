"""What is not there: numbers that did not come, accounts that fell silent, files that never followed.

In: a schedule; the tables Sequences, Postings and Custodians, and how far the pull room has read.
Out: numbers for the alarms each hour; each day one signed report, delivered to the archive as a capture of its own.
Never: opens a record; names a person, but by the keyed token; changes a report that it has signed.
"""
