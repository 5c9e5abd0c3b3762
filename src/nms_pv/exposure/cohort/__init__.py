"""Exposure, cohort arm: eras, time at risk, and the person-time and events in it."""
