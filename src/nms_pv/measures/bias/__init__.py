"""How far unmeasured confounding and misclassification could move the numbers."""
