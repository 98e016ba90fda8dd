"""Curves, histograms and maps: plots where people would rather look."""
