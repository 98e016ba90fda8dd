"""A training recorded, iteration by iteration."""
