"""The topics of each arm, one after the other: what answers the questions of a study."""
