"""7. Report: results -> reports/index.html."""

from nms_pv.report.build import write_report

__all__ = ["write_report"]
