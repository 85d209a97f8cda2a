"""The only places that know HTTP or a terminal."""
