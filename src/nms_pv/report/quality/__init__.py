"""The chapter on the quality of the data: reliability, completeness, coherence and timeliness, for each source and period."""
