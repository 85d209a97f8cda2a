"""The encrypted, content-addressed store of bytes."""
