"""From a case or a number back to its source rows."""
