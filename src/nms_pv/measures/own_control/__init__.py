"""Persons compared with themselves: self-controlled case series and case-crossover, cohort arm."""
