"""Layers, losses, optimizers and training, made of `autograd` operations."""
