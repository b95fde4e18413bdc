"""Many small symmetric systems at once, solved column by column over the whole stack.

A library call per matrix costs more than the arithmetic of a small matrix; here every
step of one Cholesky factorisation is done for all matrices together.
"""

from __future__ import annotations

import numpy as np

from disclosure_trends.models.negative_binomial import Array


def solve_stack(gram: Array, penalty: Array, sides: Array) -> tuple[Array, Array]:
    """Solve (gram + diagonal penalty) x = side for all series, models and sides.

    Parameters
    ----------
    gram : ndarray
        Symmetric matrices, shape (p, p, series).
    penalty : ndarray
        Positive diagonals to add, shape (p, series, models).
    sides : ndarray
        Right-hand sides, shape (p, sides, series).

    Returns
    -------
    ndarray
        Solutions, shape (p, sides, series, models).
    ndarray
        Log determinants, shape (series, models).
    """
    p, models = len(gram), penalty.shape[2]
    factor = np.empty((p, p, *penalty.shape[1:]))
    solution = np.empty((*sides.shape, models))
    log_det = np.zeros(penalty.shape[1:])
    for j in range(p):
        column = np.repeat(gram[j:, j, :, None], models, axis=2)
        side = np.repeat(sides[j, :, :, None], models, axis=2)
        if j:
            done = factor[j, :j]
            column -= np.einsum("iksm,ksm->ism", factor[j:, :j], done)
            side -= np.einsum("krsm,ksm->rsm", solution[:j], done)
        column[0] += penalty[j]
        root = np.sqrt(column[0])
        factor[j:, j] = column / root
        solution[j] = side / root
        log_det += np.log(root)
    for j in range(p - 1, -1, -1):
        if j < p - 1:
            below = factor[j + 1 :, j]
            solution[j] -= np.einsum("krsm,ksm->rsm", solution[j + 1 :], below)
        solution[j] /= factor[j, j]
    return solution, 2 * log_det
