"""Counts a cleaned log by region and period, on a complete grid."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

import numpy as np
import pandas as pd

from disclosure_trends.counts.cells import (
    KEYS,
    MEASURES,
    NOT_RECORDED,
    CellRequest,
    Where,
    authority_key,
    check_request,
    count_cells,
    first_day,
)
from disclosure_trends.counts.counts import Counts
from disclosure_trends.counts.log_end import end_check, kept_until
from disclosure_trends.counts.maturity import mark_mature
from disclosure_trends.counts.part_moves import part_moves
from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.results import Check
from disclosure_trends.vocabulary.periods import (
    Freq,
    format_period,
    parse_period,
    period_range,
)
from disclosure_trends.vocabulary.regions import (
    check_region,
    membership_table,
    partition_table,
)

__all__ = ["authority_key", "count_requests", "tabulate_requests"]

Measure = Literal[
    "received",
    "preservation",
    "valid",
    "invalid",
    "unassessed",
    "disclosed",
    "rejected",
    "pending",
    "accounts_requested",
    "accounts_disclosed",
]
NEEDED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "preservation": (("legal_process",),),
    "valid": (("validity", "outcome"),),
    "invalid": (("validity", "outcome"),),
    "disclosed": (("outcome",),),
    "rejected": (("outcome",),),
    "pending": (("outcome",),),
    "withdrawn": (("outcome",),),
    "accounts_requested": (("accounts_requested",),),
    "accounts_disclosed": (("accounts_disclosed",),),
    "on_line": (("channel",), ("country",)),
    "off_line": (("channel",), ("country",)),
}
"""Measure -> groups of columns, of each of which one must be recorded."""
_TIMED: Final = ("valid", "invalid", "unassessed", "disclosed", "rejected", "pending")


def tabulate_requests(
    cleaned: CleanedLog,
    *,
    by: tuple[str, ...],
    freq: Freq,
    where: Where | None = None,
    within_days: int | None = None,
) -> pd.DataFrame:
    """Count a cleaned log by any keys, in cells that occur: what models read.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.
    by : tuple of str
        Of ``country, region_own, authority, authority_type, channel, legal_process,
        outcome, on_designated_line``. An authority is the key of its name.
    freq : str
        ``day, week, month, quarter, half, year``; by receipt, in UTC.
    where : mapping, optional
        Key -> values to keep.
    within_days : int, optional
        Validity and outcome count where they were known within so many days of
        receipt, the last day included.

    Returns
    -------
    pandas.DataFrame
        The keys, ``period``, ``received, preservation, valid, invalid, unassessed,
        disclosed, rejected, pending, withdrawn, accounts_requested,
        accounts_disclosed, on_line, off_line, on_line_valid, off_line_valid``
        (whole numbers). A key that a row lacks is missing.

    Raises
    ------
    SettingsError
        A key, a filter or a length does not exist.
    """
    check_request(by, freq, where or {}, within_days)
    if "region" in by:
        raise SettingsError(
            "by: 'region' is no key of tabulate_requests; allowed are "
            f"{', '.join(KEYS)}; count by region with count_requests"
        )
    asked = CellRequest(by=by, freq=freq, where=where or {}, within_days=within_days)
    return count_cells(cleaned, asked)


def count_requests(
    cleaned: CleanedLog,
    *,
    by: str | tuple[str, ...] = "region",
    freq: Freq = "month",
    measure: Measure = "valid",
    regions: Sequence[str] | None = None,
    where: Where | None = None,
    within_days: int | None = None,
) -> Counts:
    """Count a cleaned log by region (or another key) and period.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.
    by : str or tuple of str
        ``region, country, authority, authority_type, channel, legal_process, outcome,
        on_designated_line``; one name, whose column is called ``region``, or several.
    freq : str
        ``day, week, month, quarter, half, year``; by receipt, in UTC.
    measure : str
        ``received`` (without preservation) ``= valid + invalid + unassessed``;
        ``preservation, disclosed`` (wholly or partly)``, rejected, pending,
        accounts_requested, accounts_disclosed``.
    regions : sequence of str, optional
        Countries, groups, or ``non-`` before a group. By default one disjoint
        partition of the world, so that rows add up; the log's own regions go before.
    where : mapping, optional
        Key -> values to keep, as ``{"legal_process": ["epoc"]}``.
    within_days : int, optional
        Count only what was decided within so many days of receipt, the last day
        included, alike in all periods. Decided: ``validated_at``, else ``closed_at``;
        for outcomes the other way round.

    Returns
    -------
    Counts
        From the period of the first request to that of ``as_of``, zero where nothing
        came. A period is complete once it (and `within_days`) is over, if the log was
        kept so long (`kept_until`). Where the log does not record what the measure
        needs, values are missing and a check says so.

    Raises
    ------
    SettingsError
        An argument does not exist; the message says what does.
    UnknownRegionError
        A region does not exist.
    """
    names = (by,) if isinstance(by, str) else tuple(by)
    if measure not in get_args(Measure):
        raise SettingsError(
            f"measure: {measure!r} is unknown; allowed are "
            f"{', '.join(get_args(Measure))}{nearest(measure, get_args(Measure))}"
        )
    grid = count_grid(
        cleaned,
        by=names,
        freq=freq,
        regions=regions,
        where=where,
        within_days=within_days,
    )
    missing = missing_columns(cleaned, measure, within_days=within_days)
    keys = [c for c in grid.columns if c not in (*MEASURES, "period")]
    table = grid[[*keys, "period", measure]].rename(columns={measure: "value"})
    table["value"] = table["value"].astype("Int64")
    if missing:
        table["value"] = pd.array([pd.NA] * len(table), dtype="Int64")
    complete = mark_mature(
        table["period"], as_of=cleaned.as_of, wait_days=within_days or 0
    )
    starts = {p: pd.Timestamp(parse_period(p).start) for p in table["period"].unique()}
    table.insert(
        len(keys) + 1,
        "period_start",
        pd.to_datetime(table["period"].map(starts)).astype("datetime64[us]"),
    )
    is_partition = "region" in names and regions is None
    is_partition &= not cleaned.is_recorded("region")
    until = kept_until(cleaned)
    complete &= mark_mature(table["period"], as_of=until)
    table["is_complete"] = complete.to_numpy(dtype=bool) & ~np.array(bool(missing))
    return Counts(
        table=table,
        freq=freq,
        measure=measure,
        evidence=cleaned.evidence,
        as_of=cleaned.as_of,
        by=names,
        checks=(
            *counting_checks(
                cleaned, names, regions, missing=missing, measures=(measure,)
            ),
            *end_check(cleaned, until=until),
            *(part_moves(cleaned) if is_partition else ()),
        ),
    )


def count_grid(
    cleaned: CleanedLog,
    *,
    by: tuple[str, ...],
    freq: Freq,
    regions: Sequence[str] | None,
    where: Where | None,
    within_days: int | None,
) -> pd.DataFrame:
    """Count every measure on a complete grid.

    Parameters
    ----------
    cleaned, by, freq, regions, where, within_days
        As in `count_requests`.

    Returns
    -------
    pandas.DataFrame
        Keys (``region`` for a single one), ``period`` and the measures, zero-filled.
    """
    check_request(by, freq, where or {}, within_days)
    if not by:
        raise SettingsError("by: nothing was given; it takes one name or several")
    parts = _parts(by, regions)
    asked = CellRequest(
        by=by,
        freq=freq,
        where=where or {},
        within_days=within_days,
        parts=parts,
        own_regions=regions is None and cleaned.is_recorded("region"),
    )
    cells = count_cells(cleaned, asked)
    for key in by:
        cells[key] = _as_text(cells[key])
    if regions is not None and "region" in by:
        cells = cells[cells["region"] != NOT_RECORDED]
    periods = _periods(cleaned, freq=freq)
    series = _series(cells, by, parts=None if asked.own_regions else parts)
    grid = series.merge(pd.DataFrame({"period": periods}, dtype="str"), how="cross")
    filled = grid.merge(cells, on=[*by, "period"], how="left", validate="1:1")
    filled[list(MEASURES)] = filled[list(MEASURES)].fillna(0).astype("int64")
    return filled.rename(columns={by[0]: "region"}) if len(by) == 1 else filled


def missing_columns(
    cleaned: CleanedLog, measure: str, *, within_days: int | None = None
) -> tuple[str, ...]:
    """Name what a measure needs and the log does not record.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.
    measure : str
        A measure.
    within_days : int, optional
        Where given, a date of decision is needed too.

    Returns
    -------
    tuple of str
        As words: ``("validity or outcome",)``; empty where nothing is missing.
    """
    groups = list(NEEDED.get(measure, ()))
    if within_days is not None and measure in _TIMED:
        groups.append(("validated_at", "closed_at"))
    return tuple(
        " or ".join(group)
        for group in groups
        if not any(cleaned.is_recorded(column) for column in group)
    )


def counting_checks(
    cleaned: CleanedLog,
    by: tuple[str, ...],
    regions: Sequence[str] | None,
    *,
    missing: Sequence[str],
    measures: Sequence[str],
) -> tuple[Check, ...]:
    """Say what a reader must know about counts of a log.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.
    by, regions
        As in `count_requests`.
    missing : sequence of str
        What is needed and not recorded.
    measures : sequence of str
        What is counted.

    Returns
    -------
    tuple of Check
        ``not_recorded``, ``overlapping_regions``, ``preservation``, where they apply.
    """
    checks = [
        Check(name="not_recorded", passed=False, text=f"{what} is not recorded.")
        for what in missing
    ]
    checks += [
        Check(name="not_recorded", passed=None, text=f"{key} is not recorded.")
        for key in by
        if key not in ("region", "region_own", "on_designated_line")
        and not cleaned.is_recorded(key)
    ]
    if regions is not None and "region" in by and _overlap(_parts(by, regions)):
        text = "The regions overlap: their rows do not add up."
        checks.append(Check(name="overlapping_regions", passed=None, text=text))
    if not cleaned.is_recorded("legal_process") and "preservation" not in measures:
        text = "legal_process is not recorded: requests to preserve count as received."
        checks.append(Check(name="preservation", passed=None, text=text))
    return tuple(checks)


def _parts(by: tuple[str, ...], regions: Sequence[str] | None) -> pd.DataFrame | None:
    if "region" not in by:
        if regions is not None:
            raise SettingsError(
                "regions: it says which regions to count, but by has no 'region'; "
                'use by="region", or where={"country": [...]}'
            )
        return None
    if regions is None:
        return partition_table()
    if isinstance(regions, str):
        regions = (regions,)
    chosen = [check_region(region, name="regions") for region in regions]
    members = membership_table()
    return members[members["region"].isin(chosen)]


def _overlap(parts: pd.DataFrame | None) -> bool:
    if parts is None:
        return False
    ordered = parts.sort_values(["country", "valid_from"])
    same = ordered["country"].eq(ordered["country"].shift())
    return bool((same & (ordered["valid_from"] <= ordered["valid_to"].shift())).any())


def _as_text(keys: "pd.Series[str]") -> "pd.Series[str]":
    if pd.api.types.is_string_dtype(keys):
        return keys.fillna(NOT_RECORDED)
    words = {True: "true", False: "false"}
    return keys.map(words).astype("str").fillna("unknown")


def _periods(cleaned: CleanedLog, *, freq: Freq) -> list[str]:
    start = first_day(cleaned)
    if start is None:
        return [format_period(cleaned.as_of, freq=freq)]
    return period_range(start, cleaned.as_of, freq=freq)


def _series(
    cells: pd.DataFrame, by: tuple[str, ...], *, parts: pd.DataFrame | None
) -> pd.DataFrame:
    """List the series: those that occur, and every region that was asked for."""
    found = cells[list(by)].drop_duplicates()
    if by == ("region",) and parts is not None:
        asked = pd.DataFrame({"region": sorted(set(parts["region"]))}, dtype="str")
        found = pd.concat([asked, found]).drop_duplicates()
    return found.sort_values(list(by)).reset_index(drop=True)
