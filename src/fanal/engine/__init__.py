"""Pure: bytes in, facts out. No Django, no database, no network."""
