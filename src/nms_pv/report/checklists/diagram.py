"""The design of the cohort study as a diagram: the days of one person, not to scale, with the settings in words."""

from typing import NamedTuple

from markupsafe import Markup
from matplotlib.axes import Axes

from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure, rows_on_y
from nms_pv.report.methods.described import days, listed, new_users
from nms_pv.report.methods.read import MethodsPart
from nms_pv.report.style import INK, MUTED, PAPER, RULE
from nms_pv.report.svg import as_svg, house_style
from nms_pv.spec.time_at_risk import Anchor, TimeAtRisk

NAME = "study-design"
LEFT, TOP, FOOT, RIGHT, ROW = 1.65, 0.4, 0.1, 0.15, 0.52
# Places that stand for days. An offset of any number of days moves an end by one step: from its start into the era, or beyond it.
FIRST, LAST, ERA_START, ERA_END, EVENT, STEP = 0.0, 10.0, 3.8, 7.2, 5.2, 0.9
PLACE, STEP_AFTER = {"era_start": ERA_START, "era_end": ERA_END}, {"era_start": 2.6, "era_end": STEP}
GROUND = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.5}
LIGHT, DARK = MUTED, INK


class Bar(NamedTuple):
    """Some days of a person: from where to where, how they are filled, and words on them."""

    start: float
    end: float
    colour: str
    hatch: str
    words: str


def design_diagram(part: MethodsPart, *, simulated: bool) -> Markup:
    """Observation, era, time at risk, what an episode takes out, and the windows of the comparisons within persons."""
    rows = _rows(part)
    height = TOP + FOOT + ROW * len(rows)
    with house_style(NAME):
        figure = new_figure(height, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, height - TOP - FOOT)
        axes.set_xlim(FIRST, LAST)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        rows_on_y(axes, list(rows))
        for x, words in ((place(part.analyses[0].start), "time 0"), (_episode(part.analyses[0]), "episode")):
            axes.axvline(x, color=INK, linewidth=1, linestyle=(0, (4, 2)), zorder=0)
            axes.annotate(words, (x, -0.5), ha="center", va="bottom", size=SMALL, annotation_clip=False)
        for y, bars in enumerate(rows.values()):
            for bar in bars:
                _draw(axes, bar, y)
        return as_svg(
            figure,
            NAME,
            "Design of the cohort study",
            "One row for each kind of days of a person, from left to right in time and not to scale: observation, the era of "
            "exposure, time at risk, days that an episode takes out, and the windows of the comparisons within persons. Each "
            "says its setting.",
        )


def place(end: Anchor) -> float:
    """Where one end of the time at risk is drawn."""
    step = STEP_AFTER[end.anchor] if end.offset_days > 0 else -STEP if end.offset_days < 0 else 0.0
    return PLACE[end.anchor] + step


def _rows(part: MethodsPart) -> dict[str, list[Bar]]:
    main, series, crossover = part.analyses[0], part.own_control.series, part.own_control.crossover
    exposure = part.study.params.cohort.exposure
    gap = f"gaps of up to {days(exposure.persistence_gap_days)} within"
    windows = [Bar(ERA_START - STEP, ERA_START, PAPER, "///", days(series.before_start_days))]
    windows.append(Bar(ERA_START, ERA_END, LIGHT, "", f"from day {listed(series.since_start_days)}"))
    windows.append(Bar(ERA_END, ERA_END + STEP, PAPER, "///", days(series.washout_days)))
    earlier = listed([f"{low}-{high}" for low, high in crossover.reference_days])
    return {
        "Under observation": [Bar(FIRST, LAST, RULE, "", _before(main))],
        "Era of exposure": [Bar(ERA_START, ERA_END, DARK, "", gap)],
        "At risk": _at_risk(main),
        "Case series": windows,
        "Case-crossover": [
            Bar(FIRST, 3.4, RULE, "", f"{earlier} days before"),
            Bar(
                _episode(main) - STEP, _episode(main), LIGHT, "", f"{crossover.risk_days[0]}-{crossover.risk_days[1]} days before"
            ),
        ],
    }


def _ends(main: TimeAtRisk) -> tuple[float, float]:
    """Where time at risk is drawn."""
    end = place(main.end)
    return place(main.start), min(end, ERA_END) if main.cap_at_era_end else end


def _episode(main: TimeAtRisk) -> float:
    """An episode within time at risk."""
    start, end = _ends(main)
    return EVENT if start < EVENT < end else (start + end) / 2


def _before(main: TimeAtRisk) -> str:
    return f"{days(main.prior_observation_days)} of it before entry asked for; {new_users(main)}"


def _at_risk(main: TimeAtRisk) -> list[Bar]:
    """Time at risk with one episode, and what it takes out."""
    start, end = _ends(main)
    episode = _episode(main)
    out = {0: "episode out", "all_history": "never at risk again"}
    words = out.get(main.clean_window_days, f"episode and {main.clean_window_days} days out")
    back = end if main.clean_window_days == "all_history" else (episode + end) / 2
    after = [] if back == end else [Bar(back, end, LIGHT, "", "")]
    return [Bar(start, episode, LIGHT, "", "at risk"), Bar(episode, back, PAPER, "xxx", words), *after]


def _draw(axes: Axes, bar: Bar, y: float) -> None:
    axes.barh(
        y + 0.17,
        bar.end - bar.start,
        left=bar.start,
        height=0.3,
        color=bar.colour,
        edgecolor=MUTED,
        hatch=bar.hatch,
        linewidth=0.8,
    )
    axes.text(bar.start, y - 0.05, bar.words, ha="left", va="bottom", size=SMALL - 1, color=INK, bbox=GROUND)
