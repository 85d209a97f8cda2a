"""The append-only Merkle log of everything done or seen."""
