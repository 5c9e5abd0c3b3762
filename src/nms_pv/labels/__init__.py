"""4. Labels: evidence -> one three-valued verdict for each subject and definition."""
