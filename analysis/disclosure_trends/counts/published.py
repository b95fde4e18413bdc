"""Published figures: counts over windows, what was known on a day, and what clashes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import pandas as pd

from disclosure_trends.counts.bot import next_publication, read_bot
from disclosure_trends.counts.drift import find_ratio_drift
from disclosure_trends.counts.layouts import (
    COLUMNS,
    Row,
    check_layout,
    read_te_k,
    read_tidy,
    recognise_layout,
)
from disclosure_trends.counts.panels import main_measure
from disclosure_trends.counts.resolve import resolve
from disclosure_trends.counts.windows import WindowCounts
from disclosure_trends.display import wording
from disclosure_trends.display.tables import TableSpec
from disclosure_trends.errors import PublishedFiguresError, SettingsError, nearest
from disclosure_trends.resources import shipped_path
from disclosure_trends.results import (
    Check,
    Evidence,
    Finding,
    Limit,
    Point,
    Result,
    Word,
)
from disclosure_trends.vocabulary.countries import country_codes
from disclosure_trends.vocabulary.periods import parse_as_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

SIMULATED_PREFIX: Final = "sim-"
"""A platform whose name begins so does not exist: its figures are simulated."""
_NOT_FIGURES: Final = {"claims", "events"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PublishedFigures(Result):
    """Counts that platforms or others have published, each over its own window.

    Attributes
    ----------
    tables
        `published` (every row, also those used nowhere), `contradictions` (figures
        that a better or equally good source denies), `inconsistencies` (figures that
        their own parts deny), `drift` (countries whose users per request changed).
    as_of
        The day up to which figures were known; None where all are shown.
    platform
        Whose figures these are; several names joined by a comma where the table holds
        several platforms.
    series
        (country, measure) to the counts over its windows, one platform's only.
    """

    figures: ClassVar[tuple[str, ...]] = ("windows", "coverage")

    as_of: date | None
    platform: str
    series: Mapping[tuple[str, str], WindowCounts] = field(repr=False)

    @property
    def main_measure(self) -> str:
        """The measure that most countries have; the first by name if equal."""
        return main_measure(self.series)

    @property
    def source(self) -> str:
        """Where most of the figures are from, as a reader is told."""
        urls = self.tables["published"]["source_url"]
        pages = urls.str.extract(r"^(https?://[^/?#]+(?:/[^/]+){0,2})", expand=False)
        usual = pages.value_counts()
        if usual.empty:
            return ""
        others = " and others, see the table of figures" if len(usual) > 1 else ""
        return f"{usual.index[0]}{others}"

    def of(self, measure: str) -> dict[str, WindowCounts]:
        """Return country to its counts, for one measure.

        Raises
        ------
        SettingsError
            If the table holds several platforms, or no such measure though others.
        """
        if "," in self.platform:
            raise SettingsError(
                f"published: the figures are those of {self.platform}; compare one "
                "platform at a time and load a file of one"
            )
        known = sorted({kept for _, kept in self.series})
        if known and measure not in known:
            raise SettingsError(
                f"measure: {measure!r} is not published{nearest(measure, known)}; "
                f"there are {', '.join(known)}"
            )
        return {
            c: counts for (c, kept), counts in self.series.items() if kept == measure
        }

    def known_on(self, as_of: str | date) -> "PublishedFigures":
        """Return what was known on an earlier day; a later day changes nothing."""
        day = parse_as_of(as_of)
        if self.as_of is not None and self.as_of <= day:
            return self
        return figures_from_table(self.table, as_of=day, checks=self._own_checks())

    def findings(self) -> tuple[Finding, ...]:
        """Say what is published, what is split by quarter and what does not fit."""
        from disclosure_trends.counts.reading import read_findings

        return read_findings(self)

    def points(self) -> tuple[Point, ...]:
        """Set beside each sentence its number and what that counts."""
        from disclosure_trends.counts.reading import choose_points

        return choose_points(self)

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Return the tables that a report shows."""
        from disclosure_trends.counts.reading import show_tables

        return show_tables(self)

    def limits(self) -> tuple[Limit, ...]:
        """Say what the figures do not show."""
        from disclosure_trends.counts.reading import LIMITS

        return LIMITS

    def words(self) -> tuple[Word, ...]:
        """Explain the terms."""
        from disclosure_trends.counts.reading import WORDS

        return WORDS

    def _draw(self, name: str) -> "go.Figure":
        from disclosure_trends.counts.pictures import draw

        return draw(self, name)

    def _own_checks(self) -> tuple[Check, ...]:
        return tuple(c for c in self.checks if c.name == "next_publication")


def load_published(
    path_or_name: str | Path,
    *,
    layout: str | None = None,
    as_of: str | date | None = None,
    country: str | None = None,
) -> PublishedFigures:
    """Load published figures and keep what was known on a day.

    Parameters
    ----------
    path_or_name
        A file, the name of a table that ships with the package (such as `telegram`),
        or the pasted text of a message.
    layout
        `tidy`, `te-k` or `transparency-bot`; recognised from the content if None.
    as_of
        The day of knowledge. Rows observed later are left out; rows without
        `observed_on` are kept only if their window had ended by then. None keeps all.
    country
        Alpha-2 code, for pasted messages that say "your country".

    Returns
    -------
    PublishedFigures
        The figures; the table is empty where nothing was known.

    Raises
    ------
    SettingsError
        If there is neither such a file nor such a table, no such layout, or no such
        country.
    PublishedFiguresError
        If the content cannot be read.
    """
    _check_country(country)
    text, name = _read_text(path_or_name)
    chosen = (
        recognise_layout(text, name=name) if layout is None else check_layout(layout)
    )
    if chosen == "tidy":
        rows = list(read_tidy(text, name=name))
    elif chosen == "te-k":
        rows = list(read_te_k(text, name=name))
    else:
        rows = list(read_bot(text, name=name, country=country))
    day = None if as_of is None else parse_as_of(as_of)
    announced = next_publication(text) if chosen == "transparency-bot" else None
    checks = (_announcement(announced),) if announced else ()
    return figures_from_table(_to_table(rows), as_of=day, checks=checks)


def _check_country(country: str | None) -> None:
    if country is not None and country not in country_codes():
        known = sorted(country_codes())
        raise SettingsError(
            f"country: {country!r} is unknown{nearest(country.upper(), known)}; write "
            "an ISO 3166-1 code such as 'FR'"
        )


def figures_from_table(
    table: pd.DataFrame, *, as_of: date | None, checks: tuple[Check, ...] = ()
) -> PublishedFigures:
    """Build the figures from a table in the tidy layout."""
    known, undated = _known_on(table, as_of)
    platforms = sorted(set(known["platform"])) or sorted(set(table["platform"]))
    single = known if len(platforms) == 1 else known.iloc[:0]
    resolution = resolve(single)
    drift = find_ratio_drift(resolution.series)
    simulated = any(p.casefold().startswith(SIMULATED_PREFIX) for p in platforms)
    evidence: Evidence = "simulated" if simulated else "published"
    return PublishedFigures(
        tables={
            "published": known,
            "contradictions": resolution.contradictions,
            "inconsistencies": resolution.inconsistencies,
            "drift": drift,
        },
        checks=(*checks, *_checks(resolution.contradictions, known, undated)),
        evidence=evidence,
        as_of=as_of,
        platform=", ".join(platforms),
        series=resolution.series,
    )


def _read_text(path_or_name: str | Path) -> tuple[str, str]:
    """Return the text and what to call it; an existing file is that file."""
    given = str(path_or_name)
    if "\n" in given:
        return given, "pasted text"
    path = Path(path_or_name)
    if not path.is_file():
        path = shipped_path(f"data/published/{given}.csv")
    if not path.is_file() or given in _NOT_FIGURES:
        names = sorted(_shipped_names())
        raise SettingsError(
            f"load_published: there is no file {given!r} and no table of that name"
            f"{nearest(given, names)}; tables that ship are {', '.join(names)}"
        )
    try:
        return path.read_text(encoding="utf-8-sig"), path.name
    except UnicodeDecodeError as error:
        raise PublishedFiguresError(
            f"{path.name}: the text is not UTF-8; save it as UTF-8"
        ) from error


def _shipped_names() -> Iterator[str]:
    for path in shipped_path("data/published").glob("*.csv"):
        if path.stem not in _NOT_FIGURES:
            yield path.stem


def _to_table(rows: list[Row]) -> pd.DataFrame:
    frame = pd.DataFrame({key: [row[key] for row in rows] for key in COLUMNS})
    for column in ("period_start", "period_end", "observed_on"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
    for column in ("value", "value_low", "value_high"):
        frame[column] = frame[column].astype("Int64")
    for column in ("platform", "country", "measure", "source_url", "source_grade"):
        frame[column] = frame[column].astype("str")
    return frame


def _known_on(
    table: pd.DataFrame, as_of: date | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows known on a day, and those of them that carry no day."""
    undated = table["observed_on"].isna()
    if as_of is None:
        return table.reset_index(drop=True), table[undated]
    day = pd.Timestamp(as_of)
    keep = (table["observed_on"] <= day) | (undated & (table["period_end"] <= day))
    return table[keep].reset_index(drop=True), table[undated & keep]


def _checks(
    contradictions: pd.DataFrame, known: pd.DataFrame, undated: pd.DataFrame
) -> Iterator[Check]:
    n = len(undated)
    yield Check(
        "observed_on",
        n == 0,
        "Every figure carries the day on which it was first observed."
        if n == 0
        else f"Without a day of observation: {wording.plural(n, 'figure')}, counted as "
        "known from the end of the window, which is too early for some.",
    )
    early = int((known["observed_on"] < known["period_end"]).sum())
    if early:
        yield Check(
            "observed_early",
            False,  # noqa: FBT003
            "Observed before the end of their window: "
            f"{wording.plural(early, 'figure')}; the day or the window is wrong.",
        )
    ranges = int((contradictions["treatment"] == "kept as a range").sum())
    yield Check(
        "equal_sources",
        ranges == 0,
        "No two equally good sources contradict each other."
        if ranges == 0
        else f"{wording.plural(ranges, 'figure')} of equally good sources contradict "
        "each other: their cells are kept as ranges.",
    )


def _announcement(month: str) -> Check:
    return Check(
        "next_publication", None, f"The next figures are announced for {month}."
    )
