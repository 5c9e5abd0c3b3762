"""FDA-shaped quarterly files with planted truth and planted defects."""
