"""Reports -> findings and drug courses."""
