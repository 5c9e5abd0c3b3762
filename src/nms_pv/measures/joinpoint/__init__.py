"""Trends with joinpoints: years in which a log-linear trend changes its slope."""
