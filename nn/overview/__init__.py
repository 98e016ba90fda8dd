"""The table of a model: shapes, parameters, multiply-adds."""
