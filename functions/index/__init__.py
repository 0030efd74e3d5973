"""What arrived in the vault becomes findable.

In: S3's own notice of each new segment. Out: postings, the same bytes however often it is told.
Never: decrypts a record; holds a key that could; knows more than the segment's directory says.
"""
