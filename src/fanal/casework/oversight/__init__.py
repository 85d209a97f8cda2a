"""What the central desk sees of all agencies: numbers and times, no material."""
