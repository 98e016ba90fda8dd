"""Checks of names, numbers and sizes, whose errors are for people."""
