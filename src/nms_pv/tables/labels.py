"""Layer 4: one verdict for each subject and definition. Both arms write these tables."""

import dataframely as dy

from nms_pv.tables.contract import Table, code

VERDICT = {
    "met": "documented evidence satisfies the definition",
    "not_met": "documented evidence contradicts the definition",
    "indeterminate": "what is not documented could decide either way",
}


class _Verdicts(dy.Schema):
    subject_id = dy.String(primary_key=True, description="Report or person-episode with at least one finding.")
    definition = dy.String(primary_key=True, description="File name in study/definitions, without .yaml.")
    verdict = code(VERDICT, "Three-valued verdict.")
    points_low = dy.Int32(
        nullable=True, min=0, description="Documented points, for definitions with points.", metadata={"unit": "points"}
    )
    points_high = dy.Int32(
        nullable=True, min=0, description="Documented points plus those of elements not documented.", metadata={"unit": "points"}
    )
    met = dy.String(description="Elements documented as present, joined by `;`.")
    failed = dy.String(description="Elements documented as absent, joined by `;`.")
    missing = dy.String(description="Elements not documented, joined by `;`.")


VERDICTS = Table("labels/verdicts", "one subject with at least one finding x definition", _Verdicts)
