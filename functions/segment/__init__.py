"""The bytes: frames, commitments, directory, keyring and tree, exactly as docs/formats.md says."""
