"""People -> candidate episodes, their findings and drug courses."""
