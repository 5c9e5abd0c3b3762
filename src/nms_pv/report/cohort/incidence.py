"""Which groups the forest of incidence holds, in which order."""

from nms_pv.report.cohort.chosen import Chosen, CohortMain
from nms_pv.report.cohort.results import CohortResults
from nms_pv.report.figures.incidence_forest import Block, Line
from nms_pv.report.style import ANY, INK, Look

# A class may hold ingredients of two generations, so it has the look of none.
OF_CLASS = Look("class", "Chemical class", INK, "h", "hexagon", "⬢")


def incidence_blocks(results: CohortResults, main: CohortMain, chosen: Chosen) -> list[Block]:
    """Any antipsychotic, generations, chemical classes and ingredients, each with rate and proportion, as `chosen` sorts them."""
    here = (main.definition, main.analysis)
    proportions = {
        (kind, row["group"]): row
        for kind in ("chemical_class", "ingredient")
        for row in results.groups("incidence_proportion", *here, kind)
    }
    classes = dict(chosen.groups)["chemical_class"]
    generations = [Line(one.look.label, one.look, one.rate, one.proportion) for one in chosen.generations]
    blocks = [
        Block("All", [Line(ANY.label, ANY, chosen.overall, chosen.overall_proportion)]),
        Block("Generation, alone or not", generations),
        Block(
            "Chemical class",
            [Line(row["group"], OF_CLASS, row, proportions.get(("chemical_class", row["group"]))) for row in classes],
        ),
        Block(
            "Ingredient",
            [
                Line(row["group"], look, row, proportions.get(("ingredient", row["group"])))
                for look, rows in chosen.ingredients
                for row in rows
            ],
        ),
    ]
    return [block for block in blocks if block.lines]
