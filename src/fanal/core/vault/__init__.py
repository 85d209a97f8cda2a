"""The vault: the encrypted, content-addressed store of bytes."""
