"""The only door to hostile bytes: a broker outside the wall, decoders inside it."""
