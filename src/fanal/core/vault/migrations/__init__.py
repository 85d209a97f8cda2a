"""Tables of the vault, as they came to be."""
