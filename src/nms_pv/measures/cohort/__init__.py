"""Person-time -> incidence and its comparisons."""
