"""Candidates ranked by a cross-fitted probability, so that the most informative are reviewed first."""
