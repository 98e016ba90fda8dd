"""Networks as circles and lines."""
