"""Formulas that layers and `nn.functional` share, on Tensors and on grids of Values."""
