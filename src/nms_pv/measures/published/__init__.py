"""Published studies, and what they come to together."""
