"""A SIMULATED OMOP common data model with planted truth and planted defects."""
