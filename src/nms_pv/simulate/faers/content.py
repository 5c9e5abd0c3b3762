"""The content of cases: who, which drugs, which reactions. A case that is received again carries the same content."""

from dataclasses import dataclass

import polars as pl

from nms_pv.simulate.faers.associations import with_associations
from nms_pv.simulate.faers.chance import Ints, Purpose, stream
from nms_pv.simulate.faers.drugs import draw_drugs
from nms_pv.simulate.faers.events import draw_events, draw_outcomes, draw_reactions
from nms_pv.simulate.faers.names import catalogue
from nms_pv.simulate.faers.population import draw_people
from nms_pv.simulate.faers.quarters import Span
from nms_pv.simulate.faers.rates import Mix
from nms_pv.simulate.faers.terms import Event
from nms_pv.spec.drugs import DrugTable


@dataclass(frozen=True)
class Content:
    """Tables that share the column `key`, the number of the case under which the content was first received.

    `people`: one row a case (`population.draw_people`), with `event`, a column for each outcome code, and `is_ordinary`
    (suspects no listed drug, and no event). `drugs`: `drugs.draw_drugs`. `reactions`: `events.draw_reactions`.
    """

    people: pl.DataFrame
    drugs: pl.DataFrame
    reactions: pl.DataFrame

    def of(self, keys: pl.Series) -> "Content":
        """The content of some cases."""
        wanted = keys.unique().to_frame("key")
        return Content(*(part.join(wanted, on="key", how="semi", maintain_order="left") for part in self._parts()))

    def plus(self, other: "Content") -> "Content":
        """The content of these cases and of others."""
        return Content(*(pl.concat(pair) for pair in zip(self._parts(), other._parts(), strict=True)))

    def _parts(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        return self.people, self.drugs, self.reactions


def draw_content(span: Span, key: Ints, mix: Mix, table: DrugTable, seed: int) -> Content:
    """Draw the content of new cases of a quarter."""
    people = draw_people(span, key, mix, stream(seed, span.index, Purpose.PEOPLE))
    rng = stream(seed, span.index, Purpose.EVENTS)
    exposure = people["exposure"].to_numpy()
    event = draw_events(exposure, mix, rng)
    reactions = draw_reactions(key, event, rng)
    people = people.with_columns(
        pl.Series("event", event),
        pl.Series("is_ordinary", (exposure == mix.none) & (event == Event.OTHER)),
        *(pl.Series(code, drawn) for code, drawn in draw_outcomes(event, rng).items()),
    )
    drugs = draw_drugs(people, event, mix, catalogue(table, mix, span.year), span, stream(seed, span.index, Purpose.DRUGS))
    reactions = with_associations(reactions, drugs, stream(seed, span.index, Purpose.ASSOCIATIONS))
    return Content(people, drugs, reactions)
