"""Layer 6, both arms: how the case definitions agree, and how accurate they are without a gold standard."""
