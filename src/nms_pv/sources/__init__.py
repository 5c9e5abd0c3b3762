"""1. Sources: raw files as received -> rows of text with file and line, and what could not be read."""
