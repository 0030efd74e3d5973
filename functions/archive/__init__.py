"""Sealed deliveries become locked segments; what must not be locked goes elsewhere.

In: the capture queue (sealed deliveries, or the keys of large ones and of held captures in the intake bucket).
Out: keyrings and segments, written once and locked; suspected state secrets, in quarantine, unlocked; captures held
back until somebody has answered; counts of what was dropped; the ledger of consent; events for whoever is to be asked.
Never: reads the vault or a keyring back; opens what it set aside as a suspect; deletes anything but what it held back
itself; answers for a delivery before all its captures are where they were decided to go.
"""
