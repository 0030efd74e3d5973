"""For firms that run WeCom's chat archive SDK themselves: messages are fetched, and take the way every delivery takes.

In: a schedule. The firm's own executable around the SDK, in a layer of the firm's; no binary of Tencent's is here.
Out: sealed deliveries on the capture queue; how far the archive has read (the cursor), written after them.
Never: writes anything in clear; loads the SDK into its own process; moves the cursor past what is not queued.
"""
