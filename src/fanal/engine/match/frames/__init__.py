"""Like frames of pictures and films, and what links they make."""
