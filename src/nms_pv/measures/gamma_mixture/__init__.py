"""DuMouchel's model of a table of drugs and events: Poisson counts whose ratios to expectation are two gammas mixed."""
