"""The chapter of checklists: what guidelines ask and where it is met, the protocol, and what only people can write."""
