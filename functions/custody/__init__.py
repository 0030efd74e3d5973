"""The custodian of the quarantine: shows a suspected state secret to a security officer, clears, freezes, destroys.

In: signed `GET /suspects`, `GET /suspects/{record_id}`; orders that two people approved, from the queue Custody. Out: a
suspect on its way to the vault, or frozen, or gone with its keys; a report of each. Never: shows one without recording
it first, acts on an order whose act was not approved, destroys what was not confirmed, writes the vault.
"""
