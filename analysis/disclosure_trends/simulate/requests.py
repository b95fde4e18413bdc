"""Simulated request logs with a known truth, as rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from disclosure_trends.errors import SettingsError
from disclosure_trends.simulate.mess import REPEATS, add_mess
from disclosure_trends.simulate.panel import PanelDraw, draw_panel
from disclosure_trends.simulate.rows import CHUNK_ROWS, request_chunks

__all__ = [
    "PanelDraw",
    "SimulatedLog",
    "adoption_dates",
    "draw_panel",
    "log_chunks",
    "log_of",
    "requests_for",
    "simulate_requests",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedLog:
    """A request log that was drawn, not recorded, and the answer it holds.

    Attributes
    ----------
    requests : pandas.DataFrame
        One row a request, ids ``SIM-``. Clean: canonical columns, times in UTC.
        Messy: texts as a platform might export them, some headers under other names.
    truth : mapping
        ``change`` (requests), ``share, share_rerouted, share_induced`` (of it),
        ``demand, validity`` (requests), ``before, after`` (the quarters compared) and
        more, in expectation given the drawn parameters. In a messy log 1 to 2 per
        cent of the rows are beyond repair, alike everywhere.
    adoption_dates : pandas.DataFrame
        ``authority, adopted_on``: the registered day of every adopter.
    """

    requests: pd.DataFrame
    truth: Mapping[str, float | str]
    adoption_dates: pd.DataFrame


def simulate_requests(
    scenario: str,
    *,
    rng: int | np.random.Generator,
    end: str = "2024-09",
    months: int = 24,
    rows: int | None = None,
    messy: bool = False,
) -> SimulatedLog:
    """Draw a request log whose uptick is known.

    Parameters
    ----------
    scenario : str
        For example ``"rerouting"``; see `SCENARIOS`.
    rng : int or numpy.random.Generator
        Seed or source of the draws; the same seed gives the same rows.
    end : str
        Last month; the two last whole quarters are compared, and the designated line
        opens eight months before the end of the later one.
    months : int
        Number of months.
    rows : int, optional
        Exact number of rows; by default as many as the scenario yields.
    messy : bool
        Write the rows as a platform's export might: several date layouts, spellings,
        defects, repeated ids.

    Returns
    -------
    SimulatedLog
        Rows, truth and adoption dates.

    Raises
    ------
    SettingsError
        If the scenario is unknown, or the log would not hold both quarters.
    """
    if rows is not None and rows < 1:
        raise SettingsError(f"rows: {rows} is not a number of rows; give 1 or more")
    rng = np.random.default_rng(rng)
    wanted = rows if rows is None or not messy else requests_for(rows)
    panel = draw_panel(scenario, rng=rng, end=end, months=months, rows=wanted)
    return log_of(panel, rng=rng, rows=rows, messy=messy)


def requests_for(rows: int) -> int:
    """Return how many requests make up a messy log of that many rows.

    Parameters
    ----------
    rows : int
        Rows, older states of requests included.

    Returns
    -------
    int
        Distinct requests.
    """
    return rows - round(REPEATS * rows)


def log_chunks(
    panel: PanelDraw,
    *,
    rng: np.random.Generator,
    rows: int | None = None,
    messy: bool = False,
    chunk_rows: int = CHUNK_ROWS,
) -> Iterator[pd.DataFrame]:
    """Write a panel out in chunks, with memory that does not grow with the log.

    Parameters
    ----------
    panel : PanelDraw
        The counts.
    rng : numpy.random.Generator
        Source of whatever counts do not fix.
    rows : int, optional
        Rows of a messy log, older states included; by default 3 per cent more than
        requests.
    messy : bool
        As in `simulate_requests`.
    chunk_rows : int
        Most requests of a chunk.

    Yields
    ------
    pandas.DataFrame
        Rows in order of receipt.
    """
    requests = int(panel.submitted.sum())
    repeats = (rows or round(requests / (1 - REPEATS))) - requests
    mess_rng = rng.spawn(1)[0]
    done = added = 0
    for chunk in request_chunks(panel, rng=rng, chunk_rows=chunk_rows):
        done += len(chunk)
        if messy:
            due = repeats * done // requests - added
            added += due
            yield add_mess(chunk, repeats=due, rng=mess_rng)
        else:
            yield chunk


def log_of(
    panel: PanelDraw,
    *,
    rng: np.random.Generator,
    rows: int | None = None,
    messy: bool = False,
) -> SimulatedLog:
    """Write a panel out as a log.

    Parameters
    ----------
    panel : PanelDraw
        The counts.
    rng : numpy.random.Generator
        Source of whatever counts do not fix.
    rows, messy
        As in `log_chunks`.

    Returns
    -------
    SimulatedLog
        Rows, truth and adoption dates.
    """
    dates = adoption_dates(panel, rng=rng.spawn(1)[0])
    chunks = list(log_chunks(panel, rng=rng, rows=rows, messy=messy))
    return SimulatedLog(
        requests=pd.concat(chunks, ignore_index=True),
        truth=panel.truth,
        adoption_dates=dates,
    )


def adoption_dates(panel: PanelDraw, *, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the registered day of every adopter in its month of adoption.

    Parameters
    ----------
    panel : PanelDraw
        The counts.
    rng : numpy.random.Generator
        Source of the days.

    Returns
    -------
    pandas.DataFrame
        ``authority, adopted_on``, adopters only.
    """
    adopters = np.flatnonzero(panel.adopted_month < len(panel.months))
    month = panel.adopted_month[adopters]
    first = np.array(panel.calendar.starts, dtype="datetime64[s]")[month]
    day = np.floor(rng.random(adopters.size) * panel.calendar.days[month])
    return pd.DataFrame(
        {
            "authority": panel.authority[adopters],
            "adopted_on": first + day.astype("timedelta64[D]"),
        }
    )
