"""The simulator: FDA-shaped files with planted truth and planted defects. All that it writes is SIMULATED."""
