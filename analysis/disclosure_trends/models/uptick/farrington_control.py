"""Control list of R's farringtonFlexible: names, defaults, and a refusal of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.models.arguments import is_number, is_whole

POWERS: Final = {"2/3": 2 / 3, "1/2": 1 / 2, "none": 1.0}
METHODS: Final = ("delta", "nbPlugin", "muan")
# R's own switches that cannot change a number here.
WHOLE: Final = ("b", "w", "noPeriods", "pastWeeksNotIncluded")
NUMBERS: Final = ("alpha", "weightsThreshold", "pThresholdTrend")
IGNORED: Final = ("glmWarnings", "verbose", "fitFun")


@dataclass(frozen=True, slots=True, kw_only=True)
class FarringtonControl:
    """R's control list, with R's names and defaults.

    Attributes
    ----------
    b, w
        Years back; half-width of the reference windows, in periods.
    reweight, weightsThreshold
        Whether past outbreaks are downweighted, and above which residual.
    alpha
        One-sided level of the bound.
    trend, pThresholdTrend
        Whether a trend is tried, and the p-value below which it stays.
    limit54
        At least this many cases in this many last periods.
    powertrans
        Transformation of the `delta` bound: `2/3`, `1/2` or `none`.
    noPeriods
        Number of seasonal blocks.
    pastWeeksNotIncluded
        Last periods kept out of the reference data; None is `w`.
    thresholdMethod
        `delta`, `nbPlugin` or `muan`.
    populationOffset
        Only False: the function takes no populations.
    range
        First and last tested index (1-based, both inclusive), or all indices.
    """

    b: int = 5
    w: int = 3
    reweight: bool = True
    weightsThreshold: float = 2.58  # noqa: N815  R's name
    alpha: float = 0.05
    trend: bool = True
    pThresholdTrend: float = 0.05  # noqa: N815  R's name
    limit54: tuple[int, int] = (5, 4)
    powertrans: str = "2/3"
    noPeriods: int = 1  # noqa: N815  R's name
    pastWeeksNotIncluded: int | None = None  # noqa: N815  R's name
    thresholdMethod: str = "delta"  # noqa: N815  R's name
    populationOffset: bool = False  # noqa: N815  R's name
    range: Sequence[int] | None = None

    def __post_init__(self) -> None:
        _check_choice("powertrans", self.powertrans, tuple(POWERS))
        _check_choice("thresholdMethod", self.thresholdMethod, METHODS)
        if self.populationOffset:
            raise SettingsError(
                "control: populationOffset=True needs populations, which are not "
                "taken here; allowed is False; divide the question, or use fit_trend "
                "with exposure"
            )
        self._check_numbers()
        for name, least in (("b", 1), ("w", 0), ("noPeriods", 1)):
            if getattr(self, name) < least:
                raise SettingsError(
                    f"control: {name}={getattr(self, name)} is below {least}"
                )
        if not 0 < self.alpha < 1:
            raise SettingsError(f"control: alpha={self.alpha} is not between 0 and 1")

    def _check_numbers(self) -> None:
        for name in WHOLE:
            value = getattr(self, name)
            if not is_whole(value) and (name != "pastWeeksNotIncluded" or value):
                raise SettingsError(f"control: {name}={value!r} is no whole number")
        for name in NUMBERS:
            value = getattr(self, name)
            if not is_number(value):
                raise SettingsError(f"control: {name}={value!r} is no number")

    @property
    def past(self) -> int:
        """Last periods that stay out of the reference data."""
        past = self.pastWeeksNotIncluded
        return self.w if past is None else past


def read_control(control: Mapping[str, Any] | None) -> FarringtonControl:
    """Read a control list; R ignores a misspelt name, this does not.

    Parameters
    ----------
    control : mapping, optional
        R's names to values.

    Returns
    -------
    FarringtonControl
        With R's defaults where nothing is given.

    Raises
    ------
    SettingsError
        A name is unknown (the message has the nearest), or a value not allowed.
    """
    given = dict(control or {})
    known = {field.name for field in fields(FarringtonControl)}
    for name in given:
        if name not in known and name not in IGNORED:
            allowed = sorted(known | set(IGNORED))
            raise SettingsError(
                f"control: {name!r} is unknown{nearest(name, allowed)}; allowed are "
                f"{', '.join(allowed)}"
            )
    limit = given.get("limit54", (5, 4))
    pair = isinstance(limit, Sequence) and len(limit) == 2
    if not pair or not all(is_whole(one) for one in limit):
        raise SettingsError(
            f"control: limit54={limit!r} is not a pair of whole numbers; give "
            "(cases, periods)"
        )
    used = {name: value for name, value in given.items() if name in known}
    return FarringtonControl(**used | {"limit54": (int(limit[0]), int(limit[1]))})


def _check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise SettingsError(
            f"control: {name}={value!r} is unknown{nearest(str(value), allowed)}; "
            f"allowed are {', '.join(allowed)}"
        )
