"""Counts of all pairs -> prior of the ratios -> EBGM of every group of drugs."""
