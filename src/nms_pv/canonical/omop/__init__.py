"""Tables of a common data model -> people, and what was recorded of them."""
