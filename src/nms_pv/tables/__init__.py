"""The tables where the layers meet: grain, key, type, unit, allowed values and meaning, declared once."""
