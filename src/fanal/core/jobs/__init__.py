"""Work that survives the death of its worker."""
