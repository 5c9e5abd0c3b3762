"""Which counts must be hidden besides the small ones, so that none can be solved from sums that are shown.

Counts stand in families: a total and the parts that add up to it. The attacker knows every family, every count that is
shown, and that a hidden count is at least 1. A hidden count is safe when another table would show the same numbers: one in
which it is larger or smaller by one, and no hidden count differs by more than one or is below 1.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack
from scipy.sparse.csgraph import connected_components

from nms_pv.measures.interval import Flags, Floats

Numbers = npt.NDArray[np.int64]
TOTAL, PART = 1, -1
# What it costs to have a hidden cell differ; a shown one costs its count, for it must be hidden then.
COST_OF_HIDDEN = 0.01
# What is found may cost that much more than the cheapest; it is as safe.
GAP = 0.1
ROUNDING = 1e-6
BLOCKS_AT_A_TIME = 2


@dataclass(frozen=True)
class Families:
    """Members of families: the number of the family, the number of the cell, `TOTAL` or `PART`, and whether its sum is exact.

    Only cells that are not 0 are members: a 0 is always shown, and adds nothing. Sums that are not exact are those of groups
    that overlap: they hold where nobody is in two parts.
    """

    family: Numbers
    cell: Numbers
    sign: Numbers
    is_exact: Flags

    def equations(self, cells: int) -> csr_array:
        """Families (rows) x cells (columns): whatever the counts are, each row times the counts is 0."""
        return self._matrix(np.ones_like(self.is_exact), cells)

    def exact_equations(self, cells: int) -> csr_array:
        """The same of the exact sums alone; the other rows are empty."""
        return self._matrix(self.is_exact, cells)

    def _matrix(self, chosen: Flags, cells: int) -> csr_array:
        families = int(self.family.max(initial=-1)) + 1
        return csr_array((self.sign[chosen], (self.family[chosen], self.cell[chosen])), shape=(families, cells))


def hide(primary: Flags, values: Numbers, twins: Numbers, families: Families) -> Flags:
    """All cells to hide: the primary ones, and as few and small others as keep each from being solved.

    Parameters
    ----------
    primary
        Cells that must be hidden.
    values
        Their counts, at least 1 each. Unit: episodes or persons.
    twins
        A number for each cell; cells of one number are hidden together.
    families
        Which cells add up to which.

    Notes
    -----
    For every hidden cell that is not safe, the cheapest other table is found in which it differs; whatever is shown of the
    cells that differ there is hidden too. It ends: hidden cells only become more, and one episode more of a kind that is
    there changes no zero, so a table that shows nothing but zeros is safe.

    """
    equations, exact = families.equations(len(values)), families.exact_equations(len(values))
    hidden = _with_twins(primary, twins)
    done = np.zeros_like(hidden)
    blocks = _blocks(equations)
    while (hidden & ~done).any():
        before = hidden.copy()
        pending = [block for block in blocks if (hidden & ~done)[block].any()]
        asked = [(before[block], values[block], _of(equations, block), _of(exact, block)) for block in pending]
        # Blocks share no cell, and the solver leaves the interpreter to others while it works.
        with ThreadPoolExecutor(BLOCKS_AT_A_TIME) as pool:
            found = list(pool.map(_protected, *zip(*asked, strict=True)))
        for block, protected in zip(pending, found, strict=True):
            hidden[block] = protected
        done, hidden = before, _with_twins(hidden, twins)
    return hidden


def surely_safe(hidden: Flags, values: Numbers, equations: csr_array) -> Flags:
    """Hidden cells found to be able to hold one more or one less without any shown number being another.

    Each round asks for the table in which the cells not yet found differ most, in directions drawn at random; the first in
    vain is the last. A safe cell that all rounds miss is only looked at again.
    """
    columns = np.flatnonzero(hidden)
    among_hidden = _of(equations, columns)
    random = np.random.default_rng(0)
    found = np.zeros(len(columns), dtype=bool)
    more = True
    while more and not found.all():
        wanted = np.where(found, 0, random.normal(size=len(columns)))
        differs = _other_table(wanted, -wanted, values[columns], among_hidden)
        more = bool((differs & ~found).any())
        found |= differs
    result = np.zeros_like(hidden)
    result[columns] = found
    return result


def _protected(hidden: Flags, values: Numbers, equations: csr_array, exact: csr_array) -> Flags:
    """Hide what protects each hidden cell that is not safe, one after the other.

    Sums of overlapping groups may contradict each other; then those that are exact count alone.
    """
    hidden = hidden.copy()
    unsafe = hidden & ~surely_safe(hidden, values, equations)
    while unsafe.any():
        target = int(np.argmax(unsafe))
        cost = np.where(hidden, COST_OF_HIDDEN, values)
        differs = _other_table(cost, cost, values, equations, target)
        if not differs.any():
            differs = _other_table(cost, cost, values, exact, target)
        hidden |= differs
        unsafe &= ~differs
        unsafe[target] = False
    return hidden


def _other_table(
    cost_of_more: Floats, cost_of_less: Floats, values: Numbers, equations: csr_array, target: int | None = None
) -> Flags:
    """Cells that differ in the cheapest table, but for `GAP`, that fits the equations; if given, the target must differ.

    None does where that is impossible.
    """
    cells = len(values)
    rules = [LinearConstraint(hstack([equations, -equations]), 0, 0)] if equations.shape[0] else []
    if target is not None:
        rules.append(LinearConstraint(csr_array(([1, 1], ([0, 0], [target, cells + target])), shape=(1, 2 * cells)), 1, 1))
    problem = {
        "c": np.concatenate([cost_of_more, cost_of_less]),
        "bounds": Bounds(0, np.concatenate([np.ones(cells), values >= 2])),
        "constraints": rules,
    }
    solved = milp(**problem)
    # Most often the solution in fractions is one in whole numbers, and takes less time.
    if solved.x is not None and np.abs(solved.x - np.round(solved.x)).max() > ROUNDING:
        solved = milp(**problem, integrality=np.ones(2 * cells), options={"mip_rel_gap": GAP})
    if solved.x is None:
        return np.zeros(cells, dtype=bool)
    more, less = np.round(solved.x).reshape(2, cells)
    return more != less


def _blocks(equations: csr_array) -> list[Numbers]:
    """Cells that families connect, directly or through others."""
    _, block = connected_components(equations.T @ equations, directed=False)
    order = np.argsort(block, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(block[order])) + 1)


def _of(equations: csr_array, columns: Numbers) -> csr_array:
    """The equations of some cells, without those that hold none of them."""
    chosen = equations[:, columns]
    return chosen[np.diff(chosen.indptr) > 0]


def _with_twins(hidden: Flags, twins: Numbers) -> Flags:
    return np.bincount(twins, weights=hidden)[twins] > 0
