"""Layers 1 to 3 -> how reliable, complete, coherent and timely the data are."""
