"""Who the cases are, beside those they are compared with."""
