"""Layer 6: the clusters of cases."""

import dataframely as dy

from nms_pv.tables.contract import Table, code
from nms_pv.tables.measures import ARM


class _Clusters(dy.Schema):
    arm = code(ARM, "Which arm.", primary_key=True)
    definition = dy.String(primary_key=True, description="Case definition.")
    k = dy.Int32(primary_key=True, min=2, description="Into how many clusters the cases are divided.")
    cluster = dy.String(
        primary_key=True,
        description="`typical` has the highest mean number of core signs; the others are `atypical`, or `atypical_1`, "
        "`atypical_2`, ... in falling order of it.",
    )
    element = dy.String(primary_key=True, description="Item `<definition>:<item>`, or element.")
    is_core = dy.Bool(description="Whether it is one of the core signs that name the clusters.")
    cases = dy.Int64(min=1, description="Cases in the cluster.")
    present = dy.Int64(min=0, description="Of these, cases in which it is documented as present.")
    share = dy.Float64(min=0, max=1, description="Their share.")
    low = dy.Float64(min=0, max=1, description="Lower limit.")
    high = dy.Float64(min=0, max=1, description="Upper limit.")
    level = dy.Float64(min=0, max=1, description="Nominal coverage of the interval.")
    unit = dy.String(description="What was counted.")
    method = dy.String(description="Method of the share and of the interval.")


CLUSTERS = Table("measures/clusters", "one element of one cluster of cases of the main definition", _Clusters)
