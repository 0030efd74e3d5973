"""A record is made unreadable for ever: its salt leaves the keyring, and every older version of the keyring goes.

In: orders from the office that two people have approved. Out: a keyring without one salt, the record's state, a
certificate; of a file that goes along, an item with room for its next generation.
Never: opens a record; touches a segment or a locked keyring of a fixed class; asks a table about a lock.
"""
