"""Time to onset: three clocks, kept apart, their distributions, and what right truncation does to them."""
