"""Predicted probability of the ranking against what the reference says."""

from markupsafe import Markup
from matplotlib.ticker import PercentFormatter

from nms_pv.report.figures.draw import SMALL, axes_in_inches, new_figure
from nms_pv.report.numbers import Row
from nms_pv.report.rounding import SmallCells
from nms_pv.report.style import INK, MUTED
from nms_pv.report.svg import as_svg, house_style

SIDE, LEFT, TOP, FOOT = 2.9, 0.85, 0.4, 0.55


def calibration(bins: list[Row], cells: SmallCells, arm: str, *, simulated: bool) -> Markup:
    """One point with interval for each bin of probability, its count of candidates on top; on the line it is right."""
    name = f"calibration-{arm}"
    with house_style(name):
        figure = new_figure(TOP + SIDE + FOOT, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, SIDE * 1.5, SIDE)
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.02, 1.08)
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 2)))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1, symbol=""))
        axes.grid()
        axes.set_axisbelow(True)
        axes.set_xlabel("predicted probability, %")
        axes.set_ylabel("taken for NMS by the reference, %")
        for row in bins:
            if row["estimate"] is None:
                continue
            x = row["predicted_mean"]
            axes.plot([x, x], [row["low"], row["high"]], color=INK, linewidth=1.3, solid_capstyle="butt")
            axes.plot([x], [row["estimate"]], marker="o", color=INK, markersize=5, clip_on=False)
            axes.annotate(
                cells.count(row["denominator"]),
                (x, row["high"]),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                size=SMALL,
                color=MUTED,
            )
        return as_svg(
            figure,
            name,
            "Calibration of the ranking",
            "Points with intervals for bins of predicted probability against the share that the reference takes for NMS, "
            "and a dashed line where both are equal. The numbers are in the table that follows.",
        )
