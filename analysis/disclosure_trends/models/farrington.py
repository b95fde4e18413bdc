"""R's farringtonFlexible, exactly: the field's standard, as the built-in comparison.

Farrington et al. 1996 (JRSS A 159, 547), Noufaily et al. 2013 (Statistics in Medicine
32, 1206), as surveillance 1.20.3 computes it with integer epochs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from disclosure_trends.errors import SettingsError
from disclosure_trends.models.negative_binomial import (
    Array,
    smallest_count,
    upper_tail,
)
from disclosure_trends.models.uptick.farrington_control import (
    POWERS,
    FarringtonControl,
    read_control,
)
from disclosure_trends.models.uptick.farrington_fit import Reference, fit_reference


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FarringtonOutput:
    """What the method says, one column per tested index.

    Attributes
    ----------
    t
        Tested indices, 1-based.
    observed, expected, upperbound, pvalue, score, phi, trend
        Arrays of the shape (tested,) for one series, else (series, tested); missing
        (NaN) as in R: bound and expectation where there were too few cases, trend
        where it was dropped.
    alarm
        Booleans of the same shape.
    """

    t: npt.NDArray[np.int64]
    observed: Array
    expected: Array
    upperbound: Array
    alarm: npt.NDArray[np.bool_]
    pvalue: Array
    score: Array
    phi: Array
    trend: Array


def farrington_flexible(
    observed: npt.ArrayLike,
    *,
    freq: int,
    control: Mapping[str, Any] | None = None,
    range: Sequence[int] | None = None,  # noqa: A002  R's name
) -> FarringtonOutput:
    """Test counts against bounds from their own past, as R's farringtonFlexible does.

    Parameters
    ----------
    observed : array_like
        Counts, shape (n,) or (series, n); NaN is missing.
    freq : int
        Periods in a year: 52, 12, 13, 4.
    control : mapping, optional
        R's control list by R's names; unknown names are refused.
    range : sequence of int, optional
        First and last tested index, 1-based, both inclusive, or a list of three or
        more indices. Without it all that have the history.

    Returns
    -------
    FarringtonOutput
        Bounds, alarms and what led to them.

    Raises
    ------
    SettingsError
        An unknown name, an index outside the series, or too short a history.
    """
    settings = read_control(control)
    counts = np.asarray(observed, dtype=float)
    rows = np.atleast_2d(counts)
    tested = _tested(range or settings.range, n=rows.shape[1], freq=freq, ctrl=settings)
    columns = [_test_index(rows, int(k), freq=freq, ctrl=settings) for k in tested]
    fields = {
        name: np.stack([column[name] for column in columns], axis=1)
        for name in ("expected", "upperbound", "pvalue", "score", "phi", "trend")
    }
    alarm = np.stack([column["alarm"] for column in columns], axis=1) > 0
    shaped = {
        name: values[0] if counts.ndim == 1 else values
        for name, values in fields.items()
    }
    return FarringtonOutput(
        t=tested,
        observed=counts[..., tested - 1],
        alarm=alarm[0] if counts.ndim == 1 else alarm,
        **shaped,
    )


def first_testable(*, freq: int, b: int, w: int) -> int:
    """First 1-based index that has the history for `b` years back."""
    return freq * b + w + 1


def _tested(
    given: Sequence[int] | None, *, n: int, freq: int, ctrl: FarringtonControl
) -> npt.NDArray[np.int64]:
    first = first_testable(freq=freq, b=ctrl.b, w=ctrl.w)
    if given is None:
        tested = np.arange(first, n + 1)
    elif len(given) == 2:
        tested = np.arange(int(given[0]), int(given[1]) + 1)
    else:
        tested = np.asarray(list(given), dtype=np.int64)
    if not len(tested) or tested.min() < first or tested.max() > n:
        raise SettingsError(
            f"range: {n} periods of history, tested {given}; allowed are indices from "
            f"{first} (freq * b + w + 1) to {n}; give a smaller b or a longer series"
        )
    return tested


def season_labels(
    k: int, *, freq: int, ctrl: FarringtonControl
) -> npt.NDArray[np.int64]:
    """Label every index up to k with its seasonal block; 0 is never used.

    Blocks are laid from the oldest to the newest assignment as R does it, so that a
    later one overwrites; a block of length zero labels two points, as R's descending
    range does.
    """
    labels = np.zeros(k + 1, dtype=np.int64)
    last = ctrl.noPeriods
    labels[max(k - ctrl.w, 1) :] = last
    for i in range(1, ctrl.b + 1):
        centre = k - freq * i
        labels[centre - ctrl.w : centre + ctrl.w + 1] = last
        if last > 1:
            _label_gap(labels, start=centre + ctrl.w + 1, freq=freq, ctrl=ctrl)
    labels[max(k - ctrl.past, 1) :] = 0
    return labels[1:]


def _label_gap(
    labels: npt.NDArray[np.int64], *, start: int, freq: int, ctrl: FarringtonControl
) -> None:
    gap = freq - 2 * ctrl.w - 1
    blocks = ctrl.noPeriods - 1
    if gap < ctrl.noPeriods - (2 * ctrl.w + 1):
        raise SettingsError(
            f"control: noPeriods={ctrl.noPeriods} does not fit into {gap} periods "
            "between the windows; give fewer"
        )
    length, rest = divmod(gap, blocks)
    for j in range(1, blocks + 1):
        size = length + (1 if j <= rest else 0)
        if size:
            labels[start : start + size] = j
        else:
            labels[start - 1 : start + 1] = j
        start += size


def _test_index(
    rows: Array, k: int, *, freq: int, ctrl: FarringtonControl
) -> dict[str, Array]:
    """Test index k of all series; series with the same gaps are fitted together."""
    labels = season_labels(k, freq=freq, ctrl=ctrl)
    used = np.flatnonzero(labels)
    missing = np.isnan(rows[:, used])
    out = {
        name: np.full(len(rows), np.nan)
        for name in ("expected", "upperbound", "pvalue", "score", "phi", "trend")
    }
    out["alarm"] = np.zeros(len(rows))
    patterns, group = np.unique(missing, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        members = np.flatnonzero(group.ravel() == number)
        times = used[~pattern]
        reference = fit_reference(
            rows[np.ix_(members, times)], times + 1.0, labels[times], k=k, ctrl=ctrl
        )
        for name, values in _judge(rows[members], k, reference, ctrl).items():
            out[name][members] = values
    return out


def _judge(
    rows: Array, k: int, fit: Reference, ctrl: FarringtonControl
) -> dict[str, Array]:
    y = rows[:, k - 1]
    mean = np.exp(fit.eta)
    with np.errstate(all="ignore"):
        if ctrl.thresholdMethod == "delta":
            bound, p = _delta_bound(y, mean, fit, ctrl)
            centre = mean
        else:
            z = ndtri(1 - ctrl.alpha) if ctrl.thresholdMethod == "muan" else 0.0
            bound, p = _count_bound(y, np.exp(fit.eta + z * fit.se), fit.phi, ctrl)
            centre = fit.eta
        score = (y - centre) / (bound - centre)
    cases, periods = ctrl.limit54
    enough = np.nansum(rows[:, max(k - periods, 0) : k], axis=1) >= cases
    alarm = enough & (score > 1) & (y > 0)
    return {
        "expected": np.where(enough, mean, np.nan),
        "upperbound": np.where(enough, bound, np.nan),
        "pvalue": p,
        "score": score,
        "phi": fit.phi,
        "trend": fit.trend,
        "alarm": alarm.astype(float),
    }


def _delta_bound(
    y: Array, mean: Array, fit: Reference, ctrl: FarringtonControl
) -> tuple[Array, Array]:
    power = POWERS[ctrl.powertrans]
    tau = fit.phi + (fit.se * mean) ** 2 / mean
    sd = {
        "2/3": np.sqrt(4 / 9 * mean ** (1 / 3) * tau),
        "1/2": np.sqrt(tau / 4),
        "none": np.sqrt(mean * tau),
    }[ctrl.powertrans]
    bound = (mean**power + ndtri(1 - ctrl.alpha) * sd) ** (1 / power)
    return bound, ndtr((mean**power - y**power) / sd)


def _count_bound(
    y: Array, mean: Array, phi: Array, ctrl: FarringtonControl
) -> tuple[Array, Array]:
    usable = np.isfinite(mean) & np.isfinite(phi)
    mean = np.where(usable, mean, 1.0)
    phi = np.where(usable, phi, 1.0)
    spread = np.sqrt(phi * mean)
    bound = smallest_count(
        lambda count, rows: upper_tail(count, mean[rows], phi[rows]),
        share=ctrl.alpha,
        guess=mean + ndtri(1 - ctrl.alpha) * spread,
        width=0.2 * spread,
    )
    p = upper_tail(y, mean, phi)
    missing = ~usable | np.isnan(y)
    return np.where(usable, bound, np.nan), np.where(missing, np.nan, p)
