"""Time until something ends, with people who leave before it does, and with more than one way to end."""
