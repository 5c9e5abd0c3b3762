"""The same comparison under every combination of choices: the sensitivity grid."""
