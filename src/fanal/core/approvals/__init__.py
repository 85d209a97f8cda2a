"""Four eyes: a deed that one officer proposes is done when a second one agrees."""
