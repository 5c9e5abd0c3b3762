"""FAERS quarterly ASCII files -> rows of text."""
