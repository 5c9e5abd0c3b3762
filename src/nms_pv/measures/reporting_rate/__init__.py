"""Distinct reports over what was used of a drug."""
