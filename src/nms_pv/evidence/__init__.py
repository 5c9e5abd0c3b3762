"""3. Evidence: canonical tables -> findings and drug courses, each with its source row."""
