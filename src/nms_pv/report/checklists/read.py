"""What the checklists are told from."""

from dataclasses import dataclass
from pathlib import Path

from nms_pv.report.methods.read import MethodsPart
from nms_pv.spec.guidelines import Guideline, load_guidelines
from nms_pv.spec.protocol import Protocol, load_protocol


@dataclass(frozen=True)
class ChecklistsPart:
    """The guidelines of the arms that have an input, the protocol, and what the methods are told from."""

    guidelines: list[Guideline]
    protocol: Protocol
    methods: MethodsPart


def read_checklists(study: Path, methods: MethodsPart) -> ChecklistsPart:
    """Read guidelines and protocol.

    Raises
    ------
    StudyError
        When one of the files is not as declared.

    """
    guidelines = load_guidelines(study, methods.study.params)
    return ChecklistsPart([g for g in guidelines if g.arm in methods.study.arms], load_protocol(study), methods)
