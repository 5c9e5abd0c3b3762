"""How reporting changes over the years (reports arm), with what else than the drug changes it: never a trend of occurrence."""
