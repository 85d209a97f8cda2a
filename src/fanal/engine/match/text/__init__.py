"""Pictures compared by what can be read in them."""
