"""Logistic regression of grouped data: Firth's penalised likelihood, and a ridge on nuisance coefficients."""
