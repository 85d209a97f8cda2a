"""How long material is kept, legal holds, and deletion by rule or order."""
