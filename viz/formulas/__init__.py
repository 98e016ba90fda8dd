"""A graph as mathematics: paths explained, LaTeX, and NumPy that runs."""
