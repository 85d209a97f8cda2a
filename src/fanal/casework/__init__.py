"""The nouns of the work: evidence, prints, leads."""
