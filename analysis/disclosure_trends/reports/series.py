"""Series of a notebook: counted from its log, read from its file, or published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, get_args

from disclosure_trends.counts.counts import Counts
from disclosure_trends.counts.figures import published_counts
from disclosure_trends.display import numbers
from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.reports.counts_file import read_counts
from disclosure_trends.results import Check
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.periods import FREQS, Freq, parse_period
from disclosure_trends.vocabulary.regions import (
    COMPLEMENT,
    known_countries,
    partition_table,
)

if TYPE_CHECKING:
    from disclosure_trends.logs.cleaned import CleanedLog
    from disclosure_trends.reports.notebooks.session import Settings

T = TypeVar("T")
LATEST: Final = 3  # complete periods in which requests may still be undecided
UNDECIDED_SHARE: Final = 1 / 5  # of those received, as the sentence says
DECIDED: Final = ("valid", "invalid", "disclosed", "rejected")
LARGE_SHARE: Final = 0.05  # of the records; above, a fall may be what was set aside
MOST_NAMED: Final = 12


def open_counts(settings: Settings) -> Counts:
    """Open the counts that a notebook's parameters name.

    Parameters
    ----------
    settings : Settings
        Checked parameters. `counts` (a CSV) goes before `published` (a table of
        figures), and that before `requests` (a log, counted by `freq` and `measure`).

    Returns
    -------
    Counts
        Of a log with a `region` that region and, for a group of countries, the rest of
        the world; without one the countries that the log holds or, where these are
        many, the parts of the world in which it holds any. Of counts or published
        figures with a `region` that series alone, else all.

    Raises
    ------
    SettingsError
        The counts or figures hold no series of that `region`.
    """
    values = settings.values
    as_of, region = str(settings.as_of), str(values.get("region") or "")
    if values.get("counts"):
        path = Path(str(values["counts"]))
        return _only(read_counts(path, as_of=as_of), region, source=path.name)
    if values.get("published"):
        from disclosure_trends.counts.published import load_published

        figures = load_published(str(values["published"]), as_of=as_of)
        counts = published_counts(settings.remember(figures))
        return _only(counts, region, source=figures.platform)
    from disclosure_trends.counts.aggregate import Measure, count_requests

    freqs: dict[str, Freq] = {freq: freq for freq in FREQS}
    measures: dict[str, Measure] = {word: word for word in get_args(Measure)}
    cleaned = settings.open_requests()
    regions = _asked(region) if region else _of_the_log(cleaned)
    counts = count_requests(
        cleaned,
        by="region",
        freq=_chosen(freqs, values.get("freq", "month"), name="freq"),
        measure=_chosen(measures, values.get("measure", "valid"), name="measure"),
        regions=regions,
    )
    if not region and regions is None:
        counts = _without_empty(counts)
    more = (*_set_aside(cleaned), *_undecided(cleaned, counts))
    return replace(counts, checks=(*counts.checks, *more))


def _asked(region: str) -> tuple[str, ...]:
    """Return a region and, of a group of countries, the rest of the world."""
    if region in known_countries():
        return (region,)
    rest = region.removeprefix(COMPLEMENT)
    return (region, rest if rest != region else f"{COMPLEMENT}{region}")


def _of_the_log(cleaned: CleanedLog) -> tuple[str, ...] | None:
    """Return the countries of a log if they are few; None where they are many.

    A log of its own regions is counted by these.
    """
    from disclosure_trends.counts.aggregate import tabulate_requests

    if cleaned.is_recorded("region"):
        return None
    cells = tabulate_requests(cleaned, by=("country",), freq="year")
    countries = sorted({str(country) for country in cells["country"].dropna()})
    parts = set(partition_table()["region"])
    return tuple(countries) if 0 < len(countries) <= len(parts) else None


def _without_empty(counts: Counts) -> Counts:
    """Leave out the parts of the world in which a log never held any request."""
    table = counts.table
    if table["value"].isna().all():
        return counts
    held = table.groupby("region")["value"].transform("sum") > 0
    return replace(counts, table=table[held].reset_index(drop=True))


def _only(counts: Counts, region: str, *, source: str) -> Counts:
    """Keep the series that was asked for; all where none was."""
    if not region or not counts.periods:
        return counts
    if region not in counts.regions:
        shown = ", ".join(counts.regions[:MOST_NAMED])
        more = ", ..." if len(counts.regions) > MOST_NAMED else ""
        raise SettingsError(
            f"parameter 'region': {source} has no series {region!r}"
            f"{nearest(region, counts.regions)}; there are {shown}{more}; a group of "
            "countries is not added up, because each period covers other countries"
        )
    rows = counts.table[counts.table["region"] == region]
    first = rows["value"].notna().idxmax()
    rows = rows.loc[first:].reset_index(drop=True)
    gaps = int(rows["value"].isna().sum())
    checks = tuple(check for check in counts.checks if check.name != "gaps")
    if gaps:
        text = f"{gaps} of {len(rows)} periods hold no count; they are missing, not 0."
        checks += (Check(name="gaps", passed=None, text=text),)
    return replace(counts, table=rows, checks=checks)


def _undecided(cleaned: CleanedLog, counts: Counts) -> tuple[Check, ...]:
    """Warn where many of the latest requests are not assessed, so in no count yet."""
    from disclosure_trends.counts.aggregate import tabulate_requests

    complete = counts.table.loc[counts.table["is_complete"], "period"]
    latest = sorted(set(complete))[-LATEST:]
    if counts.measure not in DECIDED or not latest:
        return ()
    cells = tabulate_requests(cleaned, by=("country",), freq=counts.freq)
    sums = cells.loc[cells["period"].isin(latest), ["received", "unassessed"]].sum()
    received, unassessed = int(sums["received"]), int(sums["unassessed"])
    if unassessed <= UNDECIDED_SHARE * received:
        return ()
    text = (
        f"More than a fifth of the requests received from {_words(latest[0])} to "
        f"{_words(latest[-1])} are not assessed, so they are in no count of "
        f"{measure_name(counts.measure)}: the latest counts will rise as far as these "
        "are decided later."
    )
    return (Check(name="undecided", passed=False, text=text),)


def _words(period: str) -> str:
    return parse_period(period).words


def _set_aside(cleaned: CleanedLog) -> tuple[Check, ...]:
    """Warn where so many records were set aside that a count may fall by that alone."""
    total = cleaned.ledger.total
    # What the log says of days after `as_of` lies in no period that is counted.
    faulty = total.quarantined - total.by_reason.get("future_date", 0)
    if faulty <= LARGE_SHARE * total.records:
        return ()
    text = (
        f"{numbers.count(total.quarantined)} of {numbers.count(total.records)} records "
        "were set aside and are in no count: a period in which more of them lie looks "
        "lower than it was. Read the report on data quality first."
    )
    return (Check(name="set_aside", passed=False, text=text),)


def _chosen(allowed: Mapping[str, T], word: object, *, name: str) -> T:
    """Return the word of a closed list; another is refused with the nearest."""
    text = str(word)
    if text not in allowed:
        raise SettingsError(
            f"parameter {name!r}: {text!r} is unknown{nearest(text, allowed)}; allowed "
            f"are {', '.join(allowed)}"
        )
    return allowed[text]
