"""The house style: one look for each generation, one palette, one set of figure settings."""

from dataclasses import dataclass

INK, MUTED, RULE, PAPER, ALARM = "#1b1f24", "#565d66", "#c3c9d1", "#fdfdfc", "#b00020"
TEXT_SIZE = 9.0


@dataclass(frozen=True)
class Look:
    """How a group is drawn wherever it occurs: never by colour alone."""

    code: str
    label: str
    colour: str
    marker: str
    shape: str
    symbol: str


# Colours from the Okabe-Ito palette, darkened until they have a contrast of 4.5:1 on paper.
LOOKS = {
    look.code: look
    for look in (
        Look("FGA", "First generation", "#0067a5", "o", "circle", "●"),
        Look("SGA", "Second generation", "#b34700", "s", "square", "■"),
        Look("TGA", "Third generation", "#007256", "D", "diamond", "◆"),
        Look("none", "Not an antipsychotic", "#6a5d7b", "^", "triangle", "▲"),
    )
}
GENERATIONS = [look for look in LOOKS.values() if look.code != "none"]
# The states of a day of exposure that no single generation has.
MIXED = Look("mixed", "Two or more generations", "#6a5d7b", "X", "cross", "✖")
SWITCH = Look("switch", "Just switched", MUTED, "v", "triangle", "▼")
STATES = [*GENERATIONS, MIXED, SWITCH]
ALL = Look("all", "All reports", INK, "P", "plus", "✚")
ANY = Look("antipsychotic", "Any antipsychotic", INK, "P", "plus", "✚")

# An inline figure takes its colours from the page, so that it follows dark mode and print.
VARIABLE_OF = {
    INK: "--ink",
    MUTED: "--muted",
    RULE: "--rule",
    PAPER: "--paper",
    ALARM: "--alarm",
    **{look.colour: f"--{look.code.lower()}" for look in LOOKS.values()},
}

FIGURE_SETTINGS = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": TEXT_SIZE,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlesize": TEXT_SIZE,
    "axes.labelsize": TEXT_SIZE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
}


def look_of(generation: str | None) -> Look:
    """The look of a generation; what has none is not an antipsychotic."""
    return LOOKS.get(generation or "none", LOOKS["none"])
