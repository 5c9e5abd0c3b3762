"""Sheets for reviewers: cases go out, verdicts come back."""
