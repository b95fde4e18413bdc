"""How ordinary every past month is: the weights of the mixture baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from disclosure_trends.models.negative_binomial import Array, log_rising
from disclosure_trends.models.uptick.mixture_design import PARAMETERS, Design
from disclosure_trends.models.uptick.mixture_start import Start

OUTBREAK_SHARE: Final = 0.06  # prior share of months that are not ordinary ...
OUTBREAK_MONTHS: Final = 400  # ... worth so many months
OUTBREAK_SIZES: Final = (2.0, 3.0, 5.0, 8.0, 12.0)  # in standard deviations
RECENT: Final = 36  # half-life in months of the recent dispersion


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighed:
    """Weights, working response and dispersion of one pass."""

    w: Array
    z: Array
    df: Array
    kappa: Array
    recent_df: Array
    outbreak: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Belief:
    """What a pass hands to the next, one element per series.

    Attributes
    ----------
    phi
        Dispersion at the centre.
    outbreak
        Share of months that are not ordinary.
    recent
        Recent over overall dispersion, at least 1.
    """

    phi: Array
    outbreak: Array
    recent: Array


def weigh(
    y: Array,
    seen: Array,
    eta: Array,
    belief: Belief,
    start: Start,
    design: Design,
) -> Weighed:
    """Weigh every month by its probability of being ordinary."""
    mu, phi, outbreak = np.exp(eta), belief.phi, belief.outbreak
    spread = 1 + (phi - 1)[:, None] * start.growth(mu)
    odds = _outbreak_ratio(y, mu, np.maximum(spread * belief.recent[:, None], 1.005))
    prior = (outbreak / (1 - outbreak))[:, None]
    tau = seen / (1 + prior * odds)
    strange = (seen - tau).sum(axis=1)
    share = (OUTBREAK_SHARE * OUTBREAK_MONTHS + strange) / (
        OUTBREAK_MONTHS + seen.sum(axis=1)
    )
    fading = 2 ** (-design.age / RECENT)
    residual = tau * (y - mu) ** 2 / (mu * spread)
    late = (residual @ fading) / (tau @ fading)
    kappa = np.clip(late / (residual.sum(axis=1) / tau.sum(axis=1)), 0.8, 3.0)
    return Weighed(
        w=tau * mu * phi[:, None] / spread,
        z=eta + (y - mu) / mu,
        df=np.maximum(tau.sum(axis=1) - PARAMETERS, 2.0),
        kappa=kappa,
        recent_df=np.maximum(
            (tau @ fading) ** 2 / (tau @ fading**2) - PARAMETERS + 2, 3.0
        ),
        outbreak=np.clip(share, 1e-4, 0.3),
    )


def _outbreak_ratio(y: Array, mu: Array, h: Array) -> Array:
    """Mean likelihood ratio of an outbreak month against an ordinary one."""
    excess = h - 1
    size = mu / excess
    jump = np.maximum(np.sqrt(h * mu), 1.5) / excess
    log_h = np.log(h)
    plain = log_rising(size, y)
    total = np.zeros_like(y)
    for k in OUTBREAK_SIZES:
        more = k * jump
        log_ratio = log_rising(size + more, y) - plain - more * log_h
        total += np.exp(np.minimum(log_ratio, 50.0))
    return total / len(OUTBREAK_SIZES)
