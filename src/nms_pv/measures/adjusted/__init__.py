"""Reporting odds ratios adjusted for co-medication and for what else differs between reports."""
