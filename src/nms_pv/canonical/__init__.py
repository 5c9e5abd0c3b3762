"""2. Canonical: raw rows -> adverse-event reports in one shape, with versions, duplicates and coded drugs."""
