"""Layer 6: how the prior of EBGM was found."""

import dataframely as dy

from nms_pv.tables.contract import Table, code

EXPECTED = {
    "unstratified": "reports of the drug x reports of the term / all reports",
    "stratified": "the same within each age band x sex x year of receipt, added up",
}
PRIOR = {
    "fit": "fitted to all cells of the table of drugs and terms",
    "dumouchel_1999": "the prior that DuMouchel printed in 1999",
}


def _parameter(what: str, *, nullable: bool = False) -> dy.Float64:
    return dy.Float64(nullable=nullable, min=0, description=what)


class _EbgmFits(dy.Schema):
    expected = code(EXPECTED, "How the expected reports were computed.", primary_key=True)
    start_no = dy.Int32(primary_key=True, min=1, description="Number of the start.")
    start_alpha_1 = _parameter("Shape of the first gamma at the start.")
    start_beta_1 = _parameter("Its rate at the start.")
    start_alpha_2 = _parameter("Shape of the second gamma at the start.")
    start_beta_2 = _parameter("Its rate at the start.")
    start_weight = _parameter("Share of the first gamma at the start.")
    alpha_1 = _parameter("Shape of the first gamma, that of the larger mean, where it ended.")
    beta_1 = _parameter("Its rate where it ended.")
    alpha_2 = _parameter("Shape of the second gamma where it ended.")
    beta_2 = _parameter("Its rate where it ended.")
    weight = _parameter("Share of the first gamma where it ended.")
    log_likelihood = dy.Float64(description="Log likelihood where it ended.")
    steps = dy.Int32(min=0, description="Newton steps taken.")
    is_converged = dy.Bool(description="Does the likelihood fall in every direction, with nothing left to gain?")
    is_interior = dy.Bool(description="Did it end inside the bounds of the parameters?")


class _EbgmPriors(dy.Schema):
    expected = code(EXPECTED, "How the expected reports were computed.", primary_key=True)
    prior = code(PRIOR, "Where the prior is from.")
    alpha_1 = _parameter("Shape of the first gamma, that of the larger mean.", nullable=True)
    beta_1 = _parameter("Its rate.", nullable=True)
    alpha_2 = _parameter("Shape of the second gamma.", nullable=True)
    beta_2 = _parameter("Its rate.", nullable=True)
    weight = _parameter("Share of the first gamma.", nullable=True)
    cells = dy.Int64(min=0, description="Cells of the table of drugs and terms, those without a report included.")
    pairs = dy.Int64(min=0, description="Cells with a report.")
    entries = dy.Int64(min=0, description="Entries that stand for all cells once they are squashed.")
    likelihood = dy.String(description="The likelihood that was made largest, or where a fixed prior is from.")
    undefined_reason = dy.String(nullable=True, description="Why there is no prior.")


EBGM_FITS = Table("measures/ebgm_fits", "one start of one fit of the prior of EBGM", _EbgmFits)
EBGM_PRIORS = Table("measures/ebgm_priors", "the prior of EBGM under one way to compute expected reports", _EbgmPriors)
