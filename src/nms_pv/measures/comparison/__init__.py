"""Disproportionality of reporting beyond one crude 2x2 table: strata, other comparators, masking, pooling, multiplicity."""
