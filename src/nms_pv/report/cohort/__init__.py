"""The cohort arm in the report: the only part of it that speaks of incidence, because only it has a denominator of people."""
