"""What after: whether it ends when the drug is stopped, and comes back when one is given again."""
