"""Modules, expressions and repeated parts as one box each, opened and closed."""
