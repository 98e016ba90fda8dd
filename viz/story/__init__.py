"""Both passes as steps: as records, as text, and stepped through in a terminal."""
