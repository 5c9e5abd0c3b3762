"""Sixteen analyses on a SIMULATED population: 4 groups of drugs x 2 times at risk x 2 outcomes, by age x sex x year.

python benchmarks/bench_sixteen.py                    1.08 million persons, 15 million drug exposures
python benchmarks/bench_sixteen.py 10000000 139000000 ten million persons

From files to rates: drug exposures are read, made into eras, eras of groups and time at risk, cut by age, sex, year and days
since start, counted, and every count gets its exact interval. The input is that of `bench_cohort.py`; making it is not timed.
"""

import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
from bench_cohort import PROJECT, make_bench_input

from nms_pv.exposure.cohort.counting import CohortFrames, CohortGroups, count_cohort
from nms_pv.exposure.cohort.eras import ingredient_eras
from nms_pv.exposure.cohort.groups import cohort_groups, group_eras
from nms_pv.exposure.cohort.strata import Strata
from nms_pv.exposure.engine import open_engine
from nms_pv.measures.rates import rate
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import load_params
from nms_pv.spec.time_at_risk import load_time_at_risk
from nms_pv.tables.cohort import PERSONS
from nms_pv.tables.evidence import EPISODES
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.parts import PARTS_AT_A_TIME, part_names

KINDS = ["antipsychotic", "generation"]
SETTINGS, DEFINITIONS = ["exact", "cohort_incidence"], ["pt_only", "iec_2011"]


def sixteen(data: Path) -> pl.DataFrame:
    """Every stratum of the sixteen analyses with its rate and interval."""
    study = PROJECT / "study"
    params, settings = load_params(PROJECT / "params.yaml"), load_time_at_risk(study)
    every = cohort_groups(load_drugs(study), params.generations)
    names = every.names.filter(pl.col("group_kind").is_in(KINDS))
    members = every.members.join(names, on="group_no", how="semi")
    rules = params.cohort.exposure
    groups = CohortGroups(names, rules.switch_days, rules.persistence_gap_days)
    canonical = data / "2_canonical" / "cohort"

    def count(part: str) -> list[pl.DataFrame]:
        eras = ingredient_eras(engine.scan([canonical / "drug_exposures" / part]), rules.persistence_gap_days)
        frames = CohortFrames(
            eras=engine.once(group_eras(eras, engine.frame(members), rules.persistence_gap_days, rules.withdrawal_days)),
            outcomes=engine.frame(_outcomes(data, part)),
            persons=engine.scan([canonical / "persons" / part]),
            periods=engine.scan([canonical / "observation_periods" / part]),
        )
        bands = params.cohort.age_bands, params.cohort.since_start_days
        return [count_cohort(frames, groups, DEFINITIONS, Strata(*bands, settings[name]), engine)[0] for name in SETTINGS]

    with open_engine("polars") as engine, ThreadPoolExecutor(PARTS_AT_A_TIME) as pool:
        counted = [frame for frames in pool.map(count, part_names(PERSONS, canonical / "persons")) for frame in frames]
    counts = ["persons", "person_days", "events", "cases"]
    found = pl.concat(counted)
    found = found.group_by([name for name in found.columns if name not in counts]).agg(pl.col(counts).sum())
    rates = rate(found["events"].to_numpy(), found["person_days"].to_numpy(), params.level)
    return found.with_columns(pl.Series(name, values) for name, values in rates._asdict().items())


def _outcomes(data: Path, part: str) -> pl.DataFrame:
    met = VERDICTS.scan(data / "4_labels" / "cohort" / "verdicts" / part).filter(pl.col("verdict") == "met")
    episodes = EPISODES.scan(data / "3_evidence" / "cohort" / "episodes" / part)
    return episodes.join(met, on="subject_id").select("definition", "subject_id", "person_id", "start_day", "end_day").collect()


def main(persons: int, exposures: int) -> None:
    """Make the input in one process, count in another, print."""
    with tempfile.TemporaryDirectory() as folder:
        make_bench_input(persons, exposures, Path(folder))
        subprocess.run([sys.executable, __file__, folder], check=True)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        started = time.perf_counter()
        rows = sixteen(Path(sys.argv[1]))
        analyses = rows.select("group", "analysis", "definition").n_unique()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{analyses} analyses, {rows.height:,} strata: {time.perf_counter() - started:.1f} s, {peak:,.0f} MB")
    else:
        main(*(int(number) for number in sys.argv[1:3] or ("1080000", "15000000")))
