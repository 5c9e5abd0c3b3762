"""The figures of the report, each drawn from rows of the results."""
