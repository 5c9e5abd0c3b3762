"""Reports -> those that count, and the ingredients they expose."""
