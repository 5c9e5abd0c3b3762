"""7. Report: results -> reports/index.html."""
