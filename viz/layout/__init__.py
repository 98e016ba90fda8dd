"""A layered layout of our own, with the standard library only."""
