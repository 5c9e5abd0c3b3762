"""5. Exposure: canonical tables -> the reports that count, and the ingredients they expose."""
