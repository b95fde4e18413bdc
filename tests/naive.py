"""Slow and obvious versions of fast code: what the tests compare with."""

import numpy as np

# -- attribution ---------------------------------------------------------------


def impute_by_authority(
    counts: np.ndarray, adopted: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Iterative proportional fitting in plain loops over the formulas."""
    known = np.arange(counts.shape[1])[None, :] < adopted[:, None]
    history = (known * counts).sum(axis=1)
    alpha = history / np.maximum(known.sum(axis=1), 1)
    for _ in range(400):
        above = (weight[:, None] * known * counts).sum(axis=0)
        gamma = above / (weight[:, None] * known * alpha[:, None]).sum(axis=0)
        exposure = (known * gamma[None, :]).sum(axis=1)
        renewed = np.where(exposure > 0, history / np.maximum(exposure, 1e-300), 0)
        both = (renewed > 0) & (alpha > 0)
        moved = np.abs(np.log(renewed[both] / alpha[both])).max()
        alpha = renewed
        if moved < 1e-6:
            break
    return alpha[:, None] * gamma[None, :]
