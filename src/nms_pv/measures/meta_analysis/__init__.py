"""Proportions of several studies, pooled."""
