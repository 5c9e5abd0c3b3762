"""Background drugs that are reported with some background terms more often than others, as in any real source.

All ratios are invented for the SIMULATED input; only the look of the list (what a label of the drug might name) is borrowed, and
none of them is an estimate of anything. Without them every pair of a drug and a term outside NMS would be reported as often as
chance has it, and the variation between pairs, which empirical Bayes statistics learn from, would be none.

A term that means no clinical element is drawn with the weight that `terms.BACKGROUND` gives it. In a report that suspects, as
primary or secondary suspect, a drug of `ASSOCIATIONS`, the weight of each term of that drug is multiplied by its ratio, so that

    odds(term rather than any term that is not associated | suspects that drug of the list and no other)
    ---------------------------------------------------------------------------------------------------- = ratio
    odds(term rather than any term that is not associated | suspects none of the list)

for a term drawn alone. (Of several drugs, what each adds to the weight of a term adds up.) The ratio found in counts of reports
is nearer to 1: reports have several drugs and several terms, and name a term once.

Terms are replaced and none is added: number, place and recurrence of the reaction rows, and every term that means an element,
are as they would be without associations, and so are cases, versions, duplicates, deletions and defects.
"""

import numpy as np
import polars as pl

from nms_pv.simulate.faers.terms import BACKGROUND

SUSPECTS = ("PS", "SS")

# Ingredients of the drug table in small letters, others as `background.BACKGROUND_DRUGS` names them -> term -> ratio.
ASSOCIATIONS: dict[str, dict[str, float]] = {
    "ADALIMUMAB": {"Injection site pain": 7.0, "Arthralgia": 2.0, "Urticaria": 1.5, "Cough": 1.3},
    "ALBUTEROL": {"Palpitations": 5.0, "Cough": 3.0, "Anxiety": 1.5},
    "ALENDRONATE SODIUM": {"Back pain": 3.0, "Pain": 1.8, "Abdominal pain": 2.0, "Arthralgia": 1.5},
    "ALLOPURINOL": {"Rash": 4.0, "Pruritus": 2.5, "Urticaria": 2.0},
    "AMLODIPINE BESYLATE": {"Oedema peripheral": 10.0, "Palpitations": 2.0, "Dizziness": 1.4},
    "AMOXICILLIN": {"Rash": 4.0, "Urticaria": 6.0, "Pruritus": 2.5},
    "APIXABAN": {"Fall": 1.5, "Dizziness": 1.3},
    "ASPIRIN": {"Abdominal pain": 2.0, "Urticaria": 1.5},
    "CEFTRIAXONE SODIUM": {"Rash": 3.5, "Urticaria": 5.0, "Neutropenia": 3.0},
    "CHOLECALCIFEROL": {"Constipation": 1.5},
    "CIPROFLOXACIN HYDROCHLORIDE": {"Arthralgia": 3.0, "Paraesthesia": 3.0, "Muscle spasms": 2.0, "Insomnia": 1.5},
    "CLOPIDOGREL BISULFATE": {"Pruritus": 1.5, "Rash": 1.5},
    "ETANERCEPT": {"Injection site pain": 8.0, "Arthralgia": 1.8, "Urticaria": 1.4},
    "ETHINYL ESTRADIOL\\LEVONORGESTREL": {"Headache": 2.0, "Weight increased": 2.0, "Depression": 2.0},
    "FERROUS SULFATE": {"Constipation": 6.0, "Abdominal pain": 2.5, "Nausea": 1.6},
    "FLUTICASONE PROPIONATE\\SALMETEROL XINAFOATE": {"Cough": 3.5, "Palpitations": 3.0, "Headache": 1.3},
    "FUROSEMIDE": {"Dizziness": 1.7, "Muscle spasms": 2.0, "Fall": 1.5},
    "GABAPENTIN": {"Dizziness": 2.2, "Fall": 2.0, "Weight increased": 1.5, "Oedema peripheral": 1.8},
    "HYDROCHLOROTHIAZIDE": {"Muscle spasms": 2.0, "Dizziness": 1.5},
    "IBUPROFEN": {"Abdominal pain": 2.2, "Urticaria": 2.0, "Oedema peripheral": 1.5},
    "INFLIXIMAB": {"Arthralgia": 2.0, "Urticaria": 2.5, "Pruritus": 1.6, "Rash": 1.4},
    "INSULIN GLARGINE": {"Hyperglycaemia": 12.0, "Injection site pain": 3.5, "Diabetes mellitus": 6.0, "Weight increased": 1.5},
    "INTERFERON BETA-1A": {"Injection site pain": 6.0, "Headache": 1.8, "Depression": 2.2, "Fatigue": 1.5, "Muscle spasms": 1.6},
    "ISOTRETINOIN": {"Depression": 4.0, "Alopecia": 2.5, "Anxiety": 1.8, "Back pain": 1.8},
    "LAMOTRIGINE": {"Rash": 5.0, "Pruritus": 1.8, "Insomnia": 1.4},
    "LENALIDOMIDE": {"Neutropenia": 8.0, "Fatigue": 1.6, "Muscle spasms": 2.5, "Constipation": 2.0},
    "LEVETIRACETAM": {"Anxiety": 1.8, "Depression": 2.0, "Fatigue": 1.3},
    "LIRAGLUTIDE": {
        "Nausea": 3.0,
        "Vomiting": 2.5,
        "Decreased appetite": 4.0,
        "Weight decreased": 4.0,
        "Injection site pain": 2.0,
    },
    "LISINOPRIL": {"Cough": 8.0, "Dizziness": 1.5},
    "LOSARTAN POTASSIUM": {"Dizziness": 1.6, "Cough": 1.5},
    "METFORMIN HYDROCHLORIDE": {"Hyperglycaemia": 6.0, "Abdominal pain": 1.8, "Nausea": 1.4, "Diabetes mellitus": 4.0},
    "METHOTREXATE SODIUM": {"Neutropenia": 5.0, "Alopecia": 4.0, "Nausea": 1.4, "Fatigue": 1.3},
    "METOPROLOL SUCCINATE": {"Fatigue": 1.5, "Dizziness": 1.6, "Palpitations": 2.5},
    "MONTELUKAST SODIUM": {"Anxiety": 3.0, "Insomnia": 2.5, "Depression": 3.0},
    "MYCOPHENOLATE MOFETIL": {"Neutropenia": 6.0, "Abdominal pain": 1.5},
    "NAPROXEN SODIUM": {"Abdominal pain": 2.0, "Urticaria": 2.0},
    "NATALIZUMAB": {"Fatigue": 1.7, "Fall": 1.8, "Paraesthesia": 2.0, "Headache": 1.4},
    "OMEPRAZOLE": {"Abdominal pain": 1.5, "Gynaecomastia": 2.5},
    "PALBOCICLIB": {"Neutropenia": 15.0, "Alopecia": 7.0, "Fatigue": 1.8},
    "PANTOPRAZOLE SODIUM": {"Headache": 1.3, "Gynaecomastia": 2.0},
    "PEMBROLIZUMAB": {"Rash": 1.8, "Pruritus": 2.0, "Fatigue": 1.4, "Decreased appetite": 2.0},
    "POTASSIUM CHLORIDE": {"Abdominal pain": 2.0, "Nausea": 1.4},
    "PREDNISONE": {"Hyperglycaemia": 7.0, "Weight increased": 2.2, "Insomnia": 2.0, "Diabetes mellitus": 5.0},
    "PREGABALIN": {"Dizziness": 2.5, "Weight increased": 2.2, "Oedema peripheral": 2.5, "Fall": 1.5},
    "RAMIPRIL": {"Cough": 9.0, "Dizziness": 1.5},
    "RITUXIMAB": {"Neutropenia": 5.0, "Urticaria": 2.0, "Pruritus": 1.8},
    "RIVAROXABAN": {"Fall": 1.4},
    "SITAGLIPTIN PHOSPHATE": {"Hyperglycaemia": 8.0, "Arthralgia": 1.6, "Diabetes mellitus": 4.0},
    "SOFOSBUVIR": {"Fatigue": 2.2, "Headache": 2.0, "Insomnia": 1.8},
    "TACROLIMUS": {"Diabetes mellitus": 8.0, "Hyperglycaemia": 5.0, "Alopecia": 2.0, "Headache": 1.3},
    "TERIPARATIDE": {"Muscle spasms": 3.5, "Injection site pain": 3.0, "Dizziness": 1.4, "Back pain": 2.0},
    "VANCOMYCIN HYDROCHLORIDE": {"Rash": 2.5, "Neutropenia": 5.0, "Pruritus": 2.5},
    "VARENICLINE TARTRATE": {"Nausea": 2.0, "Insomnia": 3.0, "Depression": 4.0, "Anxiety": 3.0},
    "WARFARIN SODIUM": {"Fall": 1.8, "Alopecia": 2.0},
    "amisulpride": {"Weight increased": 2.0, "Gynaecomastia": 6.0},
    "aripiprazole": {"Weight increased": 2.0, "Insomnia": 1.8, "Anxiety": 1.5, "Tardive dyskinesia": 4.0},
    "asenapine": {"Weight increased": 1.6},
    "brexpiprazole": {"Weight increased": 2.5, "Tardive dyskinesia": 3.0},
    "cariprazine": {"Insomnia": 2.0, "Nausea": 1.4},
    "chlorpromazine": {"Constipation": 2.0, "Weight increased": 1.5, "Tardive dyskinesia": 4.0},
    "clozapine": {
        "Neutropenia": 15.0,
        "Constipation": 4.0,
        "Weight increased": 3.5,
        "Diabetes mellitus": 8.0,
        "Hyperglycaemia": 5.0,
    },
    "fluphenazine": {"Tardive dyskinesia": 8.0},
    "haloperidol": {"Tardive dyskinesia": 8.0, "Gynaecomastia": 3.0},
    "lurasidone": {"Nausea": 1.5, "Anxiety": 1.5},
    "metoclopramide": {"Tardive dyskinesia": 15.0, "Depression": 2.0, "Anxiety": 1.8, "Gynaecomastia": 3.0},
    "olanzapine": {"Weight increased": 5.0, "Diabetes mellitus": 12.0, "Hyperglycaemia": 8.0, "Oedema peripheral": 1.8},
    "paliperidone": {"Gynaecomastia": 10.0, "Weight increased": 2.5, "Injection site pain": 3.0, "Tardive dyskinesia": 3.0},
    "quetiapine": {"Weight increased": 3.0, "Diabetes mellitus": 6.0, "Hyperglycaemia": 5.0, "Constipation": 1.6},
    "risperidone": {"Gynaecomastia": 15.0, "Weight increased": 2.5, "Tardive dyskinesia": 5.0, "Hyperglycaemia": 3.0},
    "ziprasidone": {"Palpitations": 2.0, "Insomnia": 1.5},
    "fluoxetine": {"Insomnia": 2.0, "Anxiety": 2.0, "Nausea": 1.4},
    "levodopa": {"Nausea": 1.8, "Fall": 2.5, "Constipation": 1.8},
    "lithium": {"Weight increased": 2.0, "Nausea": 1.4, "Alopecia": 3.0},
    "sertraline": {"Nausea": 1.6, "Insomnia": 1.8, "Anxiety": 1.8},
    "tetrabenazine": {"Depression": 5.0, "Fall": 2.0},
    "deutetrabenazine": {"Depression": 4.0},
    "tramadol": {"Nausea": 2.2, "Vomiting": 2.5, "Dizziness": 2.0, "Constipation": 2.0},
    "valbenazine": {"Depression": 2.5, "Fall": 2.0},
    "venlafaxine": {"Nausea": 1.8, "Insomnia": 1.8, "Palpitations": 2.0},
}


def planted_associations() -> pl.DataFrame:
    """One row a pair, in order: drug, term, ratio (without unit)."""
    rows = [(drug, term, ratio) for drug, terms in ASSOCIATIONS.items() for term, ratio in terms.items()]
    return pl.DataFrame(rows, schema=["drug", "term", "ratio"], orient="row").sort("drug", "term")


def with_associations(reactions: pl.DataFrame, drugs: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Replace terms, so that associated drugs and terms are reported together as often as `ASSOCIATIONS` says.

    Parameters
    ----------
    reactions
        Rows of `events.draw_reactions`.
    drugs
        Rows of `drugs.draw_drugs` of the same cases.
    rng
        Random numbers: one for each reaction that means no element.

    Returns
    -------
    The same rows in the same order. With r the ratio, w the weight of a term and W the sum of weights of all terms without an
    element, ``a = (r - 1) w / W`` is what an association adds, and A the sum of what those of the report add. A term is replaced
    by an associated one with probability ``a / (1 + A)``, and stays otherwise: together, one draw from the weights ``r w``. It
    stays too where its case has the other term already.
    """
    numbered = reactions.with_row_index("row")
    silent = numbered.filter(pl.col("element").is_null()).select("row", "key")
    at = pl.Series("at", rng.random(len(silent)))
    terms, suspects = _terms(), _suspects(drugs)
    drawn = (
        silent.with_columns(at)
        .join(suspects, on="key")
        .with_columns(at=pl.col("start") + pl.col("at") * (1 + pl.col("end") - pl.col("start")))
        .filter(pl.col("at").is_between("from", "to", closed="left"))
        .select("row", "key", "drug", at=pl.col("at") - pl.col("from"))
        .join(terms, on="drug")
        .filter(pl.col("at").is_between("from", "to", closed="left"))
        .select("row", "key", "term")
        .join(reactions, on=["key", "term"], how="anti")
        .sort("row")
        .filter(pl.struct("key", "term").is_first_distinct())
    )
    return (
        numbered.join(drawn.select("row", replacement="term"), on="row", how="left", maintain_order="left")
        .with_columns(term=pl.coalesce("replacement", "term"))
        .select(reactions.columns)
    )


def _terms() -> pl.DataFrame:
    """What each drug adds to each of its terms, end to end: columns drug, term, from, to."""
    silent = {term: weight for term, (weight, element) in BACKGROUND.items() if not element}
    weight = pl.col("term").replace_strict(silent, return_dtype=pl.Float64) / sum(silent.values())
    to = ((pl.col("ratio") - 1) * weight).cum_sum().over("drug")
    placed = planted_associations().select("drug", "term", to=to)
    return placed.with_columns(pl.col("to").shift(1, fill_value=0).over("drug").alias("from"))


def _suspects(drugs: pl.DataFrame) -> pl.DataFrame:
    """What each suspect of the list adds, end to end over all cases: columns key, drug, from, to, start and end of its case."""
    added = _terms().group_by("drug").agg(added=pl.col("to").max())
    suspects = drugs.filter(pl.col("role").is_in(SUSPECTS)).select("key", drug="ingredient").unique(maintain_order=True)
    placed = suspects.join(added, on="drug", maintain_order="left").select("key", "drug", to=pl.col("added").cum_sum())
    placed = placed.with_columns(pl.col("to").shift(1, fill_value=0).alias("from"))
    return placed.join(placed.group_by("key").agg(start=pl.col("from").min(), end=pl.col("to").max()), on="key")
