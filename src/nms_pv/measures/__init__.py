"""6. Measures: labels and exposure -> one row for each number."""
