"""How many, by region and period, on a complete grid that says what is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, get_args

import numpy as np
import pandas as pd

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.results import FOR_ANALYSTS, Check, Evidence
from disclosure_trends.vocabulary.periods import (
    Freq,
    format_period,
    parse_as_of,
    parse_period,
    period_freq,
    period_range,
)

if TYPE_CHECKING:
    import plotly.graph_objects as go

GIVEN: Final = ("region", "period", "value")
OPTIONAL: Final = ("exposure", "is_complete")
LARGEST: Final = 10**15  # a float64 tells whole numbers apart up to 2**53


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """Counts by region and period.

    Attributes
    ----------
    table
        One row per region and period, sorted by both, without holes: columns `region`
        (or one column per name of `by`), `period`, `period_start`, `value` (whole
        number, missing where nothing is known), `is_complete`, and `exposure` where
        one was given. Zero stands only where it is known that nothing came.
    freq, measure
        Length of a period; what is counted.
    evidence
        `published`, `log` or `simulated`.
    as_of
        Last day, inclusive, of which the counts know; None where nobody said.
    by
        What the key columns hold. One name: its column is called `region`.
    checks
        What a reader must know about the grid.
    """

    table: pd.DataFrame
    freq: Freq
    measure: str
    evidence: Evidence
    as_of: date | None = None
    by: tuple[str, ...] = ("region",)
    checks: tuple[Check, ...] = ()

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        freq: Freq,
        measure: str,
        evidence: Evidence = "published",
        as_of: str | date | None = None,
    ) -> Counts:
        """Take counts from a tidy frame that somebody else counted.

        Parameters
        ----------
        frame : DataFrame
            Columns `region` (any text), `period` (text, a date within the period, or a
            pandas period), `value` (whole number or missing), optionally `exposure`
            (positive) and `is_complete`.
        freq : str
            Length of the periods.
        measure : str
            What is counted, in the words of the source.
        evidence : str
            Where the counts come from.
        as_of : str or date, optional
            Last day, inclusive, of which the frame knows: periods that end later are
            incomplete, periods that begin later are left out. Without it every given
            period is complete unless `is_complete` says otherwise.

        Returns
        -------
        Counts
            On the complete grid of all regions and all periods from the first to the
            last. A cell that was not given is missing, never zero.

        Raises
        ------
        SettingsError
            A column is absent, a value is no whole number from 0 to 10**15, a cell is
            given twice, `measure` is no text, or `freq` or `evidence` is unknown.
        PeriodError
            A period cannot be read or is not of this `freq`.
        """
        _check_word(freq, get_args(Freq), name="freq")
        _check_word(evidence, get_args(Evidence), name="evidence")
        if not isinstance(measure, str) or not measure.strip():
            raise SettingsError(
                f"measure: {measure!r} is no text; say in words what is counted, such "
                "as 'received'"
            )
        known_to = None if as_of is None else parse_as_of(as_of)
        given = _read_cells(frame, freq=freq)
        checks: list[Check] = []
        if known_to is not None:
            given, check = _leave_out_future(given, known_to=known_to)
            checks += check
        table = _complete_grid(given, freq=freq)
        return cls(
            table=_mark_complete(table, known_to=known_to),
            freq=freq,
            measure=measure,
            evidence=evidence,
            as_of=known_to,
            checks=(*checks, *_gap_check(table)),
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """Key columns of the table."""
        return ("region",) if len(self.by) == 1 else self.by

    @property
    def regions(self) -> tuple[str, ...]:
        """Names of the series, in the order of the table."""
        self._need_one_key("regions")
        return tuple(str(region) for region in self.table["region"].unique())

    @property
    def periods(self) -> tuple[str, ...]:
        """Periods of the grid, oldest first."""
        return tuple(self.table["period"].unique())

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the complete grid."""
        return self.table.copy()

    def series(self, region: str) -> pd.DataFrame:
        """Return one series, oldest period first, without the column `region`.

        Raises
        ------
        SettingsError
            There is no such series; the message names those there are.
        """
        self._need_one_key("series")
        rows = self.table[self.table["region"] == region]
        if rows.empty:
            raise SettingsError(_no_such_series(region, self))
        return rows.drop(columns="region").reset_index(drop=True)

    def summary(self) -> str:
        """Say in plain words what was counted, and what is not known."""
        periods = self.periods
        if not periods:
            return f"No counts of {self.measure}."
        n = len(self.table) // len(periods)
        head = (
            f"{n} series of {self.measure} by {self.freq}, "
            f"{periods[0]} to {periods[-1]} ({len(periods)} periods)."
        )
        return " ".join([head, *(check.text for check in self.checks)])

    def figure(self) -> go.Figure:
        """Draw every series as a small panel, incomplete periods hatched."""
        from disclosure_trends.display.series import draw_counts

        self._need_one_key("figure")
        if "authority" in self.by:
            raise SettingsError(f"counts.figure: {FOR_ANALYSTS}")
        return draw_counts(
            self.table,
            measure=self.measure,
            freq=self.freq,
            as_of=None if self.as_of is None else self.as_of.isoformat(),
            simulated=self.evidence == "simulated",
        )

    def _need_one_key(self, what: str) -> None:
        if len(self.by) > 1:
            raise SettingsError(
                f"counts.{what}: these counts have the keys {', '.join(self.by)}; "
                "a series needs one key; count with one name in by="
            )


def _check_word(word: str, allowed: Sequence[str], *, name: str) -> None:
    if word not in allowed:
        raise SettingsError(
            f"{name}: {word!r} is unknown; allowed are {', '.join(allowed)}"
            f"{nearest(str(word), allowed)}"
        )


def _no_such_series(region: str, counts: Counts) -> str:
    """Say which series there are; names of authorities stay in the log."""
    regions = counts.regions
    if counts.by == ("authority",):
        return (
            "region: there is no series of that authority; there are "
            f"{len(regions)}, under counts.regions, and their names are not repeated "
            "here; give one of them as it stands there"
        )
    shown = ", ".join(regions[:12]) + (", ..." if len(regions) > 12 else "")
    key = counts.by[0]
    add = (
        f'count_requests(cleaned, by="region", regions=({region!r},))'
        if key == "region"
        else f'count_requests(cleaned, by="{key}")'
    )
    return (
        f"region: there is no series {region!r}; there are {shown or 'none'}"
        f"{nearest(region, regions)}; to add it, count it: {add}"
    )


def _read_cells(frame: pd.DataFrame, *, freq: Freq) -> pd.DataFrame:
    for name in GIVEN:
        if name not in frame.columns:
            raise SettingsError(
                f"frame: there is no column {name!r}; needed are {', '.join(GIVEN)}, "
                f"possible are {', '.join(OPTIONAL)}"
                f"{nearest(name, [str(column) for column in frame.columns])}"
            )
    if frame["region"].isna().any():
        raise SettingsError(
            f"frame: {int(frame['region'].isna().sum())} rows have no region; "
            "name it, or leave the rows out (a CSV with NA needs keep_default_na=False)"
        )
    if frame["period"].isna().any():
        raise SettingsError(
            f"frame: {int(frame['period'].isna().sum())} rows have no period; every "
            "row needs one; fill it, or leave the rows out"
        )
    cells = pd.DataFrame({"region": frame["region"].astype("str").to_numpy()})
    cells["period"] = _read_periods(frame["period"], freq=freq)
    cells["value"] = _read_values(frame["value"])
    if "exposure" in frame.columns:
        cells["exposure"] = _read_exposure(frame["exposure"])
    if "is_complete" in frame.columns:
        cells["is_complete"] = _read_flags(frame["is_complete"])
    else:
        cells["is_complete"] = True
    twice = cells.duplicated(["region", "period"])
    if twice.any():
        first = cells[twice].iloc[0]
        raise SettingsError(
            f"frame: {int(twice.sum())} cells are given twice, the first is "
            f"{first['region']} {first['period']}; one row per region and period is "
            "allowed; add them up before"
        )
    return cells


def _read_periods(periods: pd.Series[str], *, freq: Freq) -> list[str]:
    names = {day: period_text(day, freq=freq) for day in periods.unique()}
    return [names[day] for day in periods]


def period_text(given: object, *, freq: Freq, name: str = "frame") -> str:
    """Write a period of `freq` as text: from text, a day within it or a pandas period.

    Raises
    ------
    SettingsError
        It is of another frequency; `name` says where it was found.
    """
    if isinstance(given, pd.Period):
        given = given.start_time
    if isinstance(given, date):
        return format_period(date(given.year, given.month, given.day), freq=freq)
    text = str(given).strip()
    found = period_freq(text)
    if found == freq:
        return text
    if found == "day":
        return format_period(parse_period(text).start, freq=freq)
    raise SettingsError(
        f"{name}: the period {text!r} is a {found}; all periods must be of "
        f"freq={freq!r}; give the freq of the data, or one row per period of this freq"
    )


def _read_values(values: pd.Series[float]) -> pd.Series[int]:
    numbers = pd.to_numeric(values, errors="coerce").astype("Float64")
    unread = numbers.isna() & values.notna() & (values.astype("str").str.strip() != "")
    wrong = unread | (numbers < 0).fillna(value=False)
    wrong |= (numbers != numbers.round()).fillna(value=False)
    wrong |= (numbers > LARGEST).fillna(value=False)
    if wrong.any():
        raise SettingsError(
            f"frame: {int(wrong.sum())} values are no counts, the first is "
            f"{values[wrong].iloc[0]}; allowed are whole numbers from 0 to 10**15, or "
            "missing; rates go through rate_requests"
        )
    return numbers.astype("Int64").reset_index(drop=True)


def _read_exposure(values: pd.Series[float]) -> pd.Series[float]:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    wrong = ~(numbers > 0) & values.notna()
    if wrong.any():
        raise SettingsError(
            f"frame: {int(wrong.sum())} exposures are not positive, the first is "
            f"{values[wrong].iloc[0]}; allowed are numbers above 0, or missing"
        )
    return numbers.reset_index(drop=True)


def _read_flags(values: pd.Series[bool]) -> list[bool]:
    words = {"true": True, "1": True, "1.0": True, "false": False, "0": False}
    texts = values.astype("str").str.strip().str.lower()
    wrong = ~texts.isin([*words, "0.0"])
    if wrong.any():
        raise SettingsError(
            f"frame: {int(wrong.sum())} values of is_complete are neither true nor "
            f"false, the first is {values[wrong].iloc[0]}"
        )
    return [words.get(text, False) for text in texts]


def _leave_out_future(
    cells: pd.DataFrame, *, known_to: date
) -> tuple[pd.DataFrame, tuple[Check, ...]]:
    if cells.empty:
        return cells, ()
    starts = cells["period"].map(_starts(cells["period"].unique()))
    later = starts > pd.Timestamp(known_to)
    if not later.any():
        return cells, ()
    text = f"{int(later.sum())} cells begin after {known_to} and were left out."
    return cells[~later], (Check(name="future_periods", passed=False, text=text),)


def _starts(periods: Iterable[str]) -> dict[str, pd.Timestamp]:
    return {text: pd.Timestamp(parse_period(text).start) for text in periods}


def _complete_grid(cells: pd.DataFrame, *, freq: Freq) -> pd.DataFrame:
    columns = ["region", "period", "period_start", "value", "is_complete"]
    columns += ["exposure"] if "exposure" in cells.columns else []
    if cells.empty:
        empty = cells.assign(period_start=pd.Series(dtype="datetime64[us]"))
        return empty[columns].reset_index(drop=True)
    starts = _starts(cells["period"].unique())
    first, last = min(starts.values()).date(), max(starts.values()).date()
    periods = period_range(first, last, freq=freq)
    regions = sorted(cells["region"].unique())
    grid = pd.DataFrame(
        {
            "region": np.repeat(np.asarray(regions, dtype=object), len(periods)),
            "period": np.tile(np.asarray(periods, dtype=object), len(regions)),
        }
    ).astype("str")
    table = grid.merge(cells, on=["region", "period"], how="left", validate="1:1")
    table["period_start"] = pd.to_datetime(
        table["period"].map(_starts(periods)).to_numpy()
    ).astype("datetime64[us]")
    table["is_complete"] = table["is_complete"].eq(other=True).fillna(value=False)
    return table[columns].astype({"is_complete": "bool", "value": "Int64"})


def _mark_complete(table: pd.DataFrame, *, known_to: date | None) -> pd.DataFrame:
    complete = table["is_complete"] & table["value"].notna()
    if known_to is not None and len(table):
        over = {
            text: parse_period(text).end <= known_to
            for text in table["period"].unique()
        }
        complete &= table["period"].map(over).astype("bool")
    return table.assign(is_complete=complete.astype("bool"))


def _gap_check(table: pd.DataFrame) -> tuple[Check, ...]:
    gaps = int(table["value"].isna().sum())
    if not gaps:
        return ()
    text = f"{gaps} of {len(table)} cells hold no count; they are missing, not zero."
    return (Check(name="gaps", passed=None, text=text),)
