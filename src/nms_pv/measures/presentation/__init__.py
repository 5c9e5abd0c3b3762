"""Which sign first, which symptoms: elements, their order, and clusters of presentations with their stability."""
