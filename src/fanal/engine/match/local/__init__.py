"""Finds pictures that share a part with a query: the same picture cropped or framed, or one object in two scenes."""
