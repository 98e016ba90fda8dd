"""How things are said: numbers, labels, operations and rules, in one line each."""
