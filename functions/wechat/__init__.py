"""The WeChat wire: callback crypto, envelopes, and what a plaintext says. Tencent's field names live here alone."""
