"""What `make demo` acts out: small steps, each of which keeps a promise or breaks it."""
