"""The stepper's page: what it is told, what it is made of, and what it can compute."""
