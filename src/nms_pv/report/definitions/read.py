"""Layers 3, 4 and 6 of one arm -> the exact tables of the chapter, by the name they have beside the page."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.report.definitions import counted, described
from nms_pv.report.inputs import Digest, digest
from nms_pv.spec.params import Params
from nms_pv.tables.agreement import (
    AGREEMENT,
    AGREEMENT_OF_ALL,
    CORRECTED_COUNTS,
    CUTS,
    DEFINITION_COUNTS,
    DEFINITION_SETS,
    FEATURE_DIFFERENCES,
    FEATURES,
    LATENT_CLASS,
    LATENT_CLASS_MODELS,
    LATENT_CLASS_PAIRS,
    VERDICT_PAIRS,
)
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import TERM_COVERAGE
from nms_pv.tables.labels import CAUSALITY, DEFINITIONS, TREATMENTS, TRIGGERS, VERDICTS
from nms_pv.tables.review import ADJUDICATED_ACCURACY, RANKING, RANKING_CALIBRATION, RANKING_QUALITY, REVIEWER_PAIRS

ARM_FOLDER = {"reports": "", "cohort": "cohort"}
COMPARED = (
    DEFINITION_COUNTS,
    VERDICT_PAIRS,
    AGREEMENT,
    AGREEMENT_OF_ALL,
    DEFINITION_SETS,
    CUTS,
    LATENT_CLASS_MODELS,
    LATENT_CLASS,
    LATENT_CLASS_PAIRS,
    CORRECTED_COUNTS,
    FEATURES,
    FEATURE_DIFFERENCES,
)
RANKED = {"ranking": RANKING, "calibration": RANKING_CALIBRATION, "quality": RANKING_QUALITY, "accuracy": ADJUDICATED_ACCURACY}
LABELLED = {"verdicts": VERDICTS, "triggers": TRIGGERS, "treatments": TREATMENTS, "causality": CAUSALITY}


@dataclass(frozen=True)
class Exact:
    """The tables of one arm with exact numbers, and what they were read from."""

    tables: dict[str, pl.DataFrame]
    digests: list[Digest]


def read_definitions(data: Path, arm: str, params: Params) -> Exact:
    """Read what the chapter shows of one arm.

    Raises
    ------
    ContractError
        When a table is missing, or its columns are not those declared.

    """
    labels, measures = data / "4_labels" / ARM_FOLDER[arm], data / "6_measures" / ARM_FOLDER[arm]
    compared = {name_of(table): measures / "definitions" / f"{name_of(table)}.parquet" for table in COMPARED}
    ranked = {name: measures / "ranking" / f"{name}.parquet" for name in RANKED}
    known, pairs = labels / "definitions.parquet", labels / "reviewer_pairs.parquet"
    terms = {"term_coverage": data / "3_evidence" / "term_coverage.parquet"} if arm == "reports" else {}
    found = {name_of(table): table.scan(compared[name_of(table)]).collect() for table in COMPARED}
    definitions = DEFINITIONS.scan(known).collect()
    ranking = {name: table.scan(ranked[name]) for name, table in RANKED.items()}
    tables = {
        **counted.definitions(definitions, found["definition_counts"], params.main.definition),
        "definition_sets": found["definition_sets"],
        "definition_agreement": found["agreement"],
        "agreement_of_all": found["agreement_of_all"],
        "definition_cuts": counted.with_possible(found["cuts"]),
        "latent_class_models": found["latent_class_models"],
        "latent_class_accuracy": found["latent_class"],
        "latent_class_pairs": found["latent_class_pairs"],
        "corrected_counts": found["corrected_counts"],
        "differential_overlap": counted.overlap(
            found["verdict_pairs"],
            params.agreement.nms_definition,
            counted.of_something_else(definitions, params.agreement.serotonin_definition),
        ),
        "features": counted.with_counted(found["features"]),
        "feature_differences": found["feature_differences"],
        **described.distributions(
            *(table.scan(labels / folder) for folder, table in LABELLED.items()), definition=params.main.definition
        ),
        "ranking_bands": counted.bands(ranking["ranking"]),
        "ranking_calibration": ranking["calibration"].collect(),
        "ranking_quality": ranking["quality"].collect(),
        "adjudicated_accuracy": ranking["accuracy"].collect(),
        "reviewer_pairs": REVIEWER_PAIRS.scan(pairs).collect(),
        **{name: TERM_COVERAGE.scan(path).collect() for name, path in terms.items()},
    }
    files = [*terms.values(), known, pairs, *compared.values(), *ranked.values()]
    digests = [digest(path, path.relative_to(data).as_posix()) for path in files]
    return Exact(tables, digests + [folder_digest(labels / folder, data) for folder in LABELLED])


def name_of(table: Table) -> str:
    """The name of a table without its layer."""
    return table.name.split("/")[1]


def folder_digest(folder: Path, data: Path) -> Digest:
    """One line for all parts of a table: their bytes together, and the SHA-256 of their digests."""
    parts = [digest(path, path.name) for path in sorted(folder.glob("*.parquet"))]
    together = hashlib.sha256("\n".join(f"{part.path} {part.sha256}" for part in parts).encode()).hexdigest()
    return Digest(f"{folder.relative_to(data).as_posix()}/ ({len(parts)} parts)", sum(part.bytes for part in parts), together)
