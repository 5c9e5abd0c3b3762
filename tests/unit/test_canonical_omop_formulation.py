"""Long-acting or not, and for how long, by the name of the drug."""

from dataclasses import replace

import polars as pl
import pytest

from nms_pv.canonical.omop.formulation import formulations, long_acting_names
from nms_pv.canonical.omop.study import LongActingProduct
from nms_pv.spec.drugs import Drug
from tests.lib.cdm_rows import study

DEPOTS = ("PALIPERIDONE PALMITATE", "INVEGA SUSTENNA", "INVEGA TRINZA", "DEPO NOVA", "SINGLE INITIO")
PRODUCTS = [
    LongActingProduct("3-month", "paliperidone", ("INVEGA TRINZA", "PALIPERIDONE PALMITATE"), 84),
    LongActingProduct("1-month", "paliperidone", ("PALIPERIDONE PALMITATE", "INVEGA SUSTENNA"), 28),
    LongActingProduct("single dose", "paliperidone", ("SINGLE INITIO",), None),
    LongActingProduct("not told by a name", "paliperidone", (), 3),
    LongActingProduct("of another ingredient", "haloperidol", ("HALOPERIDOL DECANOATE",), 7),
]


@pytest.mark.parametrize(
    ("name", "formulation", "interval"),
    [
        ("paliperidone palmitate 78 MG/ML [Invega Sustenna]", "long_acting", 28),
        ("paliperidone palmitate 200 MG/ML [Invega Trinza]", "long_acting", 84),
        ("1.5 ML paliperidone palmitate 156 MG/ML Prefilled Syringe", "long_acting", 28),
        ("paliperidone [Depo-Nova]", "long_acting", 28),
        ("paliperidone palmitate [Single Initio]", "long_acting", None),
        ("paliperidone 3 MG Extended Release Oral Tablet [Invega]", "other", None),
        ("Invega Trinzab", "other", None),
        ("haloperidol decanoate", "other", None),
        ("", "other", None),
    ],
)
def test_the_brand_tells_the_interval_else_the_shortest(name: str, formulation: str, interval: int | None) -> None:
    drug = Drug("paliperidone", ("PALIPERIDONE",), DEPOTS, "", "SGA", None, None, ("antipsychotic",))
    of = replace(study(), drugs=replace(study().drugs, drugs={"paliperidone": drug}), long_acting=PRODUCTS)
    rows = pl.DataFrame({"row": [5], "concept_set": ["paliperidone"], "drug_name": [name]})
    found = formulations(rows, long_acting_names(of)).select(pl.col("formulation").cast(pl.String), "interval_days")
    assert found.rows() == [(formulation, interval)]
