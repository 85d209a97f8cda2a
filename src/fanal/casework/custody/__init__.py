"""What the log holds about an exhibit, as a dossier that proves itself without us."""
