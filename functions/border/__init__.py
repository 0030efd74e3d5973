"""What officers want to hand over abroad is counted: which records, which persons, what is in them.

In: orders `border.scope` from the office, recorded before. Out: the table Scopes, in pieces and at last as a number; a
report of it.
Never: shows a record or a name, hands anything over, decides whether it may leave.
"""
