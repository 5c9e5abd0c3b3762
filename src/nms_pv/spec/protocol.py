"""`study/protocol.yaml`: what only people can write of a study. What is empty there is open, and the report counts it."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from nms_pv.spec.strict import Strict, load_yaml

FILE = "protocol.yaml"
Filled = Annotated[str, Field(min_length=1)]


class Author(Strict):
    """One person, and what they did (for example a role of the CRediT taxonomy)."""

    name: Filled
    affiliation: str = ""
    orcid: Annotated[str, Field(pattern=r"^(\d{4}-){3}\d{3}[\dX]$")] | None = None
    roles: list[Filled] = []


class Amendment(Strict):
    """One change of the protocol."""

    day: date
    version: Filled
    section: Filled
    change: Filled
    reason: Filled


class Milestone(Strict):
    """One step of the study, and its day."""

    what: Filled
    day: date


def _text(title: str, asks: str) -> Any:
    return Field(default="", title=title, description=asks)


class Protocol(Strict):
    """The protocol, in the order in which papers and registers ask for it; each field says what it asks for."""

    title: str = _text("Title", "Title of the study: design, data, drugs and event.")
    version: str = _text("Version", "Version of this protocol.")
    authors: list[Author] = Field(
        default=[], title="Authors", description="Who did what: name, and where known affiliation, orcid and roles."
    )
    contact: str = _text("Contact", "Who answers questions, and where.")
    registration: str = _text("Registration", "Register and number, or that the study is not registered.")
    funding: str = _text("Funding", "Who paid, and what part they had in design, analysis and writing.")
    conflicts_of_interest: str = _text(
        "Conflicts of interest", "Ties of each author to a drug or event studied; or that there are none."
    )
    abstract: str = _text("Abstract", "What is asked, how, what was found, what it means.")
    amendments: list[Amendment] = Field(
        default=[], title="Amendments", description="Each change of the protocol: day, version, section, change, reason."
    )
    milestones: list[Milestone] = Field(
        default=[],
        title="Milestones",
        description="Steps of the study and their days: what, day. First data, protocol, report, ...",
    )
    background: str = _text(
        "Background", "The drugs and their use; the syndrome, and how common it is; what is known of the two together."
    )
    rationale: str = _text("Rationale", "What is not known, why this study, and why by this design.")
    why_these_data: str = _text("Why these data", "Why these sources can answer the question.")
    objectives: str = _text("Objectives", "Primary and secondary objectives: drugs, event, reference group.")
    hypotheses: str = _text("Hypotheses", "Hypotheses stated before the data were seen; or that there are none.")
    coverage: str = _text("Coverage of the data", "Region, period, setting of care, and who is in the database and who is not.")
    drug_records: str = _text(
        "Records of drugs", "How the health system makes records of drugs, and how completely they show what people took."
    )
    exposure_rationale: str = _text("Why exposure is defined so", "Why these gaps, windows and comparators were chosen.")
    validation: str = _text(
        "Validation of codes", "Studies that validated the codes of exposures and outcomes here; or that none is known."
    )
    database_access: str = _text(
        "Access to the database", "Who drew the data, and how much of the database the authors could see."
    )
    linkage: str = _text("Linkage", "Which databases were linked, how and how well; or that none was.")
    study_size: str = _text("Study size", "How the size came about, and which effect it could show.")
    key_results: str = _text("Key results", "The results against the objectives, and against what was known.")
    interpretation: str = _text("Interpretation", "What the results mean, with confounding and selection as other explanations.")
    clinical_relevance: str = _text("Relevance for practice", "What they mean for those who prescribe and for patients.")
    generalisability: str = _text("Generalisability", "To whom the results apply beyond this database.")
    further_studies: str = _text("Further studies", "Which studies should follow.")
    ethics: str = _text("Ethics", "Approval, its number, and consent; or why none was needed.")
    data_access: str = _text("Access to data and code", "Where data, code and protocol can be had, and under which terms.")
    adverse_event_reporting: str = _text(
        "Reporting of adverse events", "What is done with adverse events met during the study; or why nothing has to be."
    )

    def is_filled(self, field: str) -> bool:
        """Whether somebody has written something into the field; a protocol with a version has amendments, or has none."""
        if field == "amendments" and self.version.strip():
            return True
        value = getattr(self, field)
        return bool(value.strip() if isinstance(value, str) else value)


def load_protocol(study: Path) -> Protocol:
    """Read `study/protocol.yaml`.

    Raises
    ------
    StudyError
        Naming the file, every offending key, its value and what was expected.

    """
    return load_yaml(study / FILE, Protocol)
