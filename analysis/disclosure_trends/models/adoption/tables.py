"""Tables of an adoption: the curve, countries, events, and authorities for analysts."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from disclosure_trends.models.adoption.moves import Moves
from disclosure_trends.models.decomposition.shapley import ratio
from disclosure_trends.models.panel import NEVER, Floats
from disclosure_trends.results import Evidence
from disclosure_trends.vocabulary.events import MOVING_KINDS, load_events
from disclosure_trends.vocabulary.lines import designated_lines
from disclosure_trends.vocabulary.periods import parse_period
from disclosure_trends.vocabulary.regions import region_members

CURVE_COLUMNS: Final = (
    "period",
    "period_start",
    "moved_share",
    "lower",
    "upper",
    "volume_share",
    "volume_lower",
    "volume_upper",
    "not_yet",
    "moved",
    "line_share",
)
_KINDS: Final = ("mover", "new", "already", "not_yet")
_QUARTER: Final = 3  # months


def curve_table(moves: Moves) -> pd.DataFrame:
    """Return the curve: one row a month from the opening of the line on.

    Parameters
    ----------
    moves : Moves
        Authorities by kind of move.

    Returns
    -------
    DataFrame
        Cumulative shares of authorities and of their earlier requests with intervals,
        authorities not yet moved when the month began and moved in it, and the share
        of all requests of the month that came on the line.
    """
    if moves.problem is not None:
        return pd.DataFrame(columns=list(CURVE_COLUMNS))
    months = moves.panel.months[moves.opening :]
    curve, volume = moves.curve(), moves.volume_curve()
    missing = np.full(len(months), np.nan)
    on_line = moves.panel.on_line[:, moves.opening :].sum(axis=0)
    known = moves.known[:, moves.opening :].sum(axis=0)
    values = {
        "period": list(months),
        "period_start": pd.to_datetime([parse_period(m).start for m in months]),
        "moved_share": curve.share,
        "lower": curve.lower,
        "upper": curve.upper,
        "volume_share": missing if volume is None else volume.share,
        "volume_lower": missing if volume is None else volume.lower,
        "volume_upper": missing if volume is None else volume.upper,
        "not_yet": curve.at_risk.astype(np.int64),
        "moved": curve.moved.astype(np.int64),
        "line_share": ratio(on_line, known),
    }
    return pd.DataFrame(values, columns=list(CURVE_COLUMNS))


def countries_table(moves: Moves) -> pd.DataFrame:
    """Return movers, new, already and not yet moved authorities by country.

    Parameters
    ----------
    moves : Moves
        Authorities by kind of move.

    Returns
    -------
    DataFrame
        ``country, mover, new, already, not_yet, submitted`` (requests of the last
        quarter), ``line_share`` (of them on the line) and ``line_shares`` (by month
        from the opening on; missing where no line is known).
    """
    columns = ["country", *_KINDS, "submitted", "line_share", "line_shares"]
    if moves.problem is not None:
        return pd.DataFrame(columns=columns)
    panel, rows = moves.panel, []
    for country in np.unique(panel.country):
        mine = panel.country == country
        on_line = panel.on_line[mine].sum(axis=0)
        known = moves.known[mine].sum(axis=0)
        last = ratio(on_line[-_QUARTER:].sum(), known[-_QUARTER:].sum())
        rows.append(
            {
                "country": str(country),
                **{kind: int((moves.kind[mine] == kind).sum()) for kind in _KINDS},
                "submitted": int(panel.submitted[mine][:, -_QUARTER:].sum()),
                "line_share": float(last),
                "line_shares": _sparkline(on_line, known, opening=moves.opening),
            }
        )
    return pd.DataFrame(rows, columns=columns)


def adopters_table(moves: Moves) -> pd.DataFrame:
    """Return every authority with its move: for analysts, never for a report.

    Parameters
    ----------
    moves : Moves
        Authorities by kind of move.

    Returns
    -------
    DataFrame
        ``country, authority, kind, basis, adopted_on`` (month, missing where not
        moved), ``earliest, latest`` (months that fit as well).
    """
    first, last = moves.date_ranges()
    panel = moves.panel
    return pd.DataFrame(
        {
            "country": panel.country.astype(object),
            "authority": panel.authority.astype(object),
            "kind": moves.kind.astype(object),
            "basis": panel.basis.astype(object),
            "adopted_on": [_month(panel.months, at) for at in panel.adopted],
            "earliest": [_month(panel.months, at) for at in first],
            "latest": [_month(panel.months, at) for at in last],
        }
    )


def events_table(moves: Moves, *, region: str, evidence: Evidence) -> pd.DataFrame:
    """Return the dated facts that stand on the curve.

    Parameters
    ----------
    moves : Moves
        Authorities by kind of move.
    region : str
        Whose events.
    evidence : str
        Real events do not stand on invented data, except the table of lines, which
        says what the right line is.

    Returns
    -------
    DataFrame
        ``date, label``, sorted, within the months of the curve.
    """
    if moves.problem is not None or not moves.n_months:
        return pd.DataFrame(columns=["date", "label"])
    first = pd.Timestamp(parse_period(moves.panel.months[moves.opening]).start)
    last = pd.Timestamp(parse_period(moves.panel.months[-1]).end)
    rows = []
    lines = designated_lines()
    for scope, day in zip(lines["scope"], lines["valid_from"], strict=True):
        members = region_members(scope, on=day) & region_members(region, on=day)
        if members:
            rows.append({"date": pd.Timestamp(day), "label": "Right line named"})
    events = pd.DataFrame(rows, columns=["date", "label"])
    if evidence == "log":
        # Events of one platform say nothing of another's log, and a log has no name.
        laws = load_events(region=region, kinds=MOVING_KINDS, platform="")
        events = pd.concat([events, laws[["date", "label"]]], ignore_index=True)
    events["date"] = pd.to_datetime(events["date"])
    inside = (events["date"] >= first) & (events["date"] <= last)
    return events[inside].sort_values(["date", "label"]).reset_index(drop=True)


def _sparkline(on_line: Floats, known: Floats, *, opening: int) -> list[float | None]:
    shares = ratio(on_line[opening:], known[opening:])
    return [None if np.isnan(share) else float(share) for share in shares]


def _month(months: tuple[str, ...], at: int) -> str | None:
    if at == NEVER:
        return None
    return f"before {months[0]}" if at < 0 else months[at]
