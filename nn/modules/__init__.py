"""What a module is: its members, parameters, names, state, sizes that come later, hooks."""
