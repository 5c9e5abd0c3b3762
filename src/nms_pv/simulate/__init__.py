"""The simulator: FDA-shaped files with planted truth and planted defects."""
