"""Why a count is zero: what was looked at, and where the cases are that do not count."""
