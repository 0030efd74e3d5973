"""Sealed deliveries become locked segments.

In: the capture queue (sealed deliveries, or the keys of large ones in the intake bucket).
Out: keyrings and segments, written once and locked; deliveries that can never be archived, in quarantine.
Never: reads the vault or a keyring back; deletes anything; answers for a delivery before all its captures are locked.
"""
