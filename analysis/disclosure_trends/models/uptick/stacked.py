"""Many small symmetric systems at once, solved column by column over the whole stack.

A library call per matrix costs more than the arithmetic of a small matrix; here every
step of one Cholesky factorisation is done for all matrices together. A system may be
bordered by further rows: by the right-hand side, whose last element then becomes the
residual sum, and by a row to predict, whose elements become minus the prediction and
minus its variance. So nothing needs to be solved that is not asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from disclosure_trends.models.negative_binomial import Array

# Lower triangles of symmetric matrices: column j holds the rows from j on, so that its
# shape is (rows - j, ...).
Columns: TypeAlias = list[Array]
TILE: Final = 250_000  # products up to which OpenBLAS stays in one thread
TILE_ROWS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Eliminated:
    """Symmetric systems after their first variables are gone.

    Attributes
    ----------
    factor
        Columns of the Cholesky factor, shape (rows, gone, ...).
    rest
        Schur complement of the other rows, as columns.
    log_det
        Log determinant of what is gone, shape (...).
    """

    factor: Array
    rest: Columns
    log_det: Array

    def complete(self, known: Array) -> Array:
        """Solve for the variables that are gone.

        Parameters
        ----------
        known : ndarray
            Values of the rows that are left, shape (left, ...), with minus one for the
            right-hand side and zero for a row to predict.

        Returns
        -------
        ndarray
            Values of all rows, those that were gone first.
        """
        rows, gone, *shape = self.factor.shape
        factor = self.factor.reshape(rows, gone, -1)
        values = np.empty((rows, factor.shape[2]))
        values[gone:] = known.reshape(rows - gone, -1)
        for j in range(gone - 1, -1, -1):
            below = np.einsum("kn,kn->n", factor[j + 1 :, j], values[j + 1 :])
            values[j] = -below / factor[j, j]
        return values.reshape(rows, *shape)


def eliminate(system: Columns, penalty: Array) -> Eliminated:
    """Eliminate the first variables of (system + diagonal penalty).

    Parameters
    ----------
    system : list of ndarray
        Symmetric matrices, as columns.
    penalty : ndarray
        What to add to the diagonal of the variables to eliminate, shape (gone, ...);
        what follows is broadcast against the systems.

    Returns
    -------
    Eliminated
        Factor, and what is left.
    """
    rows, gone = len(system), len(penalty)
    shape = np.broadcast_shapes(system[0].shape[1:], penalty.shape[1:])
    factor = np.empty((rows, gone, *shape))
    flat = factor.reshape(rows, gone, -1)
    rest = []
    for j, column in enumerate(system):
        done = min(j, gone)
        past = np.einsum("ikn,kn->in", flat[j:, :done], flat[j, :done])
        left = column - past.reshape(-1, *shape)
        if j < gone:
            left[0] += penalty[j]
            np.multiply(left, 1 / np.sqrt(left[0]), out=factor[j:, j])
        else:
            rest.append(left)
    log_det = 2 * np.log(np.einsum("jj...->j...", factor[:gone])).sum(axis=0)
    return Eliminated(factor=factor, rest=rest, log_det=log_det)


def part(system: Columns, rows: list[int]) -> Columns:
    """Only some rows of the systems, and the columns that belong to them."""
    return [system[j][np.array(rows[k:]) - j] for k, j in enumerate(rows)]


def product(left: Array, right: Array) -> Array:
    """Multiply two matrices in tiles that the library keeps in one thread.

    For matrices of this size, waking other threads and letting them wait for more
    costs several times the multiplication itself.
    """
    (m, inner), n = left.shape, right.shape[1]
    width = max(TILE // (TILE_ROWS * inner), 1)
    out = np.empty((m, n))
    for i in range(0, m, TILE_ROWS):
        for j in range(0, n, width):
            out[i : i + TILE_ROWS, j : j + width] = (
                left[i : i + TILE_ROWS] @ right[:, j : j + width]
            )
    return out
