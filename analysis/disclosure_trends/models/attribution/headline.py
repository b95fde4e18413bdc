"""The verdict of an attribution: one sentence with its limit in the same breath."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from disclosure_trends.display import numbers
from disclosure_trends.display.wording import likelihood
from disclosure_trends.results import Estimate, NotEstimable
from disclosure_trends.vocabulary.regions import describe_region

if TYPE_CHECKING:
    from disclosure_trends.models.attribution.attribute import AttributionResult

_SAME: Final = "is the same demand on a better line."
_LOST: Final = "comes of moves to the line."
_FRACTIONS: Final = (
    (0.05, "Hardly any"),
    (0.15, "About a tenth"),
    (0.225, "About a fifth"),
    (0.29, "About a quarter"),
    (0.41, "About a third"),
    (0.58, "About half"),
    (0.71, "About two thirds"),
    (0.80, "About three quarters"),
    (0.95, "Most"),
)


def write_answer(result: AttributionResult, share: Estimate | NotEstimable) -> str:
    """Write the verdict of a result that was not refused.

    Parameters
    ----------
    result : AttributionResult
        For region, direction and grade.
    share : Estimate or NotEstimable
        The re-routed share.

    Returns
    -------
    str
        At most 160 characters.
    """
    region = describe_region(result.region)
    if isinstance(share, NotEstimable):
        return (
            f"Valid requests from {region} changed too little for shares of a change: "
            "only the parts in requests are given."
        )
    _, low, high = ends_of(share)
    of = f"of the {change_word(result)} in valid requests"
    if low == high == 0:
        return (
            f"No authority from {region} is known to have moved to the line: it has no "
            f"part in the {change_word(result)}."
        )
    comes = _LOST if change_word(result) == "fall" else _SAME
    if low <= 0 <= high:
        if high >= 1:
            return (
                "No effect of the line is established: the log allows anything from "
                f"none to all {of}."
            )
        return (
            f"No effect of the line is established: {numbers.percent(high)} {of} at "
            f"most, and possibly nothing, {comes}"
        )
    if high < 0:
        return (
            f"Moves to the line worked against the {change_word(result)} in valid "
            f"requests: without them it would have been larger. {_how_sure(result)}"
        )
    return _write_share(result, share, of=f"{of}{{}}{comes}")


def _write_share(result: AttributionResult, share: Estimate, *, of: str) -> str:
    """Write a share above none: a range alone from grade C on."""
    value, low, high = ends_of(share)
    weak, sure = result.grade in "CD", _how_sure(result)
    if high > 1:
        return f"At least {numbers.percent(low)} {of.format(' ')} {sure}"
    low_text = numbers.percent_short(low).removesuffix("%")
    high_text = numbers.percent(high)
    if weak:
        return f"Between {low_text} and {high_text} {of.format(' ')} {sure}"
    aside = f", {low_text} to {high_text}, "
    return f"{_fraction(value)} {of.format(aside)} {sure}"


def _how_sure(result: AttributionResult) -> str:
    """Say how far the log carries the answer, from its grade."""
    sure = "an indication only" if result.grade in "CD" else likelihood(0.95)
    return f"{sure[0].upper()}{sure[1:]}."


def _fraction(share: float) -> str:
    return next((words for limit, words in _FRACTIONS if share < limit), "Nearly all")


def change_word(result: AttributionResult) -> str:
    """Say whether there is a rise or a fall to explain."""
    change = result.estimates["change"]
    value = change.value if isinstance(change, Estimate) else None
    return "fall" if value is not None and value < 0 else "rise"


def ends_of(estimate: Estimate) -> tuple[float, float, float]:
    """Return value and ends of an estimate; not a number where there is none."""
    ends = (estimate.value, estimate.lower, estimate.upper)
    value, low, high = (np.nan if end is None else float(end) for end in ends)
    return value, low, high


def part_of(result: AttributionResult, step: str) -> dict[str, float] | None:
    """Look a bar up: value, interval and share; None without an interval."""
    bars = result.tables["parts"].set_index("step")
    if step not in bars.index:
        return None
    columns = ("value", "lower", "upper", "share", "share_lower", "share_upper")
    chosen = bars.loc[[step], list(columns)].astype(float)
    row = {name: float(chosen[name].iloc[0]) for name in columns}
    return row if np.isfinite([row["lower"], row["upper"]]).all() else None


def nobody_moved(result: AttributionResult) -> bool:
    """Whether nobody adopted, so that the parts of adoption are zero and certain."""
    row = part_of(result, "rerouted")
    return row is not None and row["value"] == row["lower"] == row["upper"] == 0


def is_established(result: AttributionResult) -> bool:
    """Whether the interval of the re-routed share excludes that there is none."""
    share = result.estimates["share_rerouted"]
    if isinstance(share, NotEstimable):
        return False
    _, low, high = ends_of(share)
    return not low <= 0 <= high
