"""Which features tell neuroleptic malignant syndrome from serotonin toxicity."""

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from nms_pv.report.definitions.chosen import Feature
from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure, row_lines, rows_on_y
from nms_pv.report.numbers import Row
from nms_pv.report.style import INK, MUTED, PAPER, Look
from nms_pv.report.svg import as_svg, house_style
from nms_pv.report.words import shortened

ROW, TOP, FOOT, LEFT, RIGHT = 0.3, 0.62, 0.5, 1.85, 0.25
LONGEST_NAME, APART = 24, 0.17
SIDES = {
    "nms_only": Look("nms_only", "NMS definition only", INK, "o", "circle", "●"),
    "serotonin_only": Look("serotonin_only", "serotonin definition only", MUTED, "s", "square", "■"),
}


def discriminating_features(features: list[Feature], arm: str, *, simulated: bool) -> Markup:
    """Share of each group in which a feature is documented, with intervals; commoner in NMS on top."""
    height = TOP + len(features) * ROW + FOOT
    name = f"features-{arm}"
    with house_style(name):
        figure = new_figure(height, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, len(features) * ROW)
        rows_on_y(axes, [shortened(feature.name, LONGEST_NAME) for feature in features])
        axes.set_xlim(-1, 101)
        axes.set_xticks(range(0, 101, 25))
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.set_xlabel("% in whom it is documented as present")
        row_lines(axes, len(features))
        for y, feature in enumerate(features):
            for (side, look), shift in zip(SIDES.items(), (-APART, APART), strict=True):
                _share(axes, feature.sides[side], y + shift, look)
        figure.legend(
            handles=[_key(look) for look in SIDES.values()],
            loc="upper left",
            bbox_to_anchor=(0, 1 - 0.2 / height),
            ncols=2,
            frameon=False,
            fontsize=SMALL,
        )
        return as_svg(
            figure,
            name,
            "Features of the two groups",
            "For each feature two points with intervals: its share in those who meet only the definition of NMS "
            "(circles) and only that of serotonin toxicity (squares). The numbers are in the table that follows.",
        )


def _share(axes: Axes, row: Row, y: float, look: Look) -> None:
    if row["estimate"] is None:
        axes.text(0, y, "not shown", va="center", size=SMALL, color=MUTED)
        return
    axes.plot([100 * row["low"], 100 * row["high"]], [y, y], color=look.colour, linewidth=1.3, solid_capstyle="butt")
    face = look.colour if look.marker == "o" else PAPER
    axes.plot(
        [100 * row["estimate"]], [y], marker=look.marker, color=look.colour, markerfacecolor=face, markersize=5, clip_on=False
    )


def _key(look: Look) -> Line2D:
    face = look.colour if look.marker == "o" else PAPER
    return Line2D([], [], color=look.colour, marker=look.marker, markerfacecolor=face, markersize=5, label=look.label)
