"""Rows of FAERS files -> reports in one shape."""
