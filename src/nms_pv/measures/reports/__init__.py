"""Distinct reports -> measures of reporting."""
