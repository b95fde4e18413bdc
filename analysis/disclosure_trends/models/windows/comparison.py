"""Two windows compared: exact for counting noise, and by re-drawing who is compared."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import comb
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from disclosure_trends.counts.published import PublishedFigures
from disclosure_trends.counts.windows import WindowCounts
from disclosure_trends.display import numbers, wording
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.errors import PeriodError, SettingsError, nearest
from disclosure_trends.models.windows.exact import (
    MAX_ASSIGNMENTS,
    randomisation_p,
    rate_ratio,
    ratio_of_ratios,
)
from disclosure_trends.results import (
    Check,
    Estimate,
    Finding,
    NotEstimable,
    Number,
    Result,
)
from disclosure_trends.vocabulary.countries import country_in_prose, country_name
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.periods import Window, parse_period
from disclosure_trends.vocabulary.regions import known_countries

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComparisonResult(Result):
    """How members changed between two windows, and how that compares with others.

    Attributes
    ----------
    tables
        `countries`: one row per country, `country, side, before, after, rate_ratio,
        lower, upper` (exact conditional; what cannot be computed is missing).
    estimates
        `rate_ratio` of the members together, `ratio_of_ratios` against the others,
        `randomisation_p` (one-sided).
    smallest_p
        The smallest p-value that randomisation of so few countries can reach.
    before, after, measure, as_of
        What was asked, and the day of knowledge.
    """

    figures: ClassVar[tuple[str, ...]] = ()

    smallest_p: float
    before: Window
    after: Window
    measure: str
    as_of: date | None

    def findings(self) -> tuple[Finding, ...]:
        """Say how much the members changed, and whether others did."""
        return tuple(_say(self))

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Return the countries' table."""
        rows = self.table.assign(name=[country_name(c) for c in self.table["country"]])
        return (
            TableSpec(
                name="comparison",
                caption="The countries compared",
                columns=(
                    ColumnRule(key="name", label="Country"),
                    ColumnRule(key="before", label=self.before.text, kind="count"),
                    ColumnRule(key="after", label=self.after.text, kind="count"),
                    ColumnRule(key="rate_ratio", label="Ratio", kind="ratio"),
                    ColumnRule(key="lower", label="Lower", kind="ratio"),
                    ColumnRule(key="upper", label="Upper", kind="ratio"),
                ),
                rows=rows,
                note="Intervals are exact for counting noise alone.",
                group="side",
            ),
        )

    def _draw(self, name: str) -> "go.Figure":
        raise SettingsError(f"figure(): a comparison has no figure {name!r}")


def compare_windows(
    published: PublishedFigures,
    *,
    members: Iterable[str],
    against: Iterable[str],
    before: str,
    after: str,
    measure: str = "requests_fulfilled",
) -> ComparisonResult:
    """Compare the change of some countries with that of others.

    Parameters
    ----------
    published
        Figures of one platform.
    members, against
        Country codes; no country on both sides.
    before, after
        Two periods that do not overlap, the earlier one first.
    measure
        The measure counted.

    Returns
    -------
    ComparisonResult
        Where a count is not identified (a total that is not split), the estimates
        are `NotEstimable` and name the country.

    Raises
    ------
    SettingsError
        If a country is unknown or on both sides, or a side is empty.
    PeriodError
        If the windows overlap or come in the wrong order.
    """
    sides = _check_sides(tuple(members), tuple(against))
    spans = parse_period(before, name="before"), parse_period(after, name="after")
    if spans[1].start <= spans[0].end:
        raise PeriodError(
            f"after: {after!r} does not begin after {before!r} has ended; give two "
            "periods that do not overlap, the earlier one as before"
        )
    series = published.of(measure)
    unknown = [c for c in (*sides[0], *sides[1]) if not _is_exact(series, c, spans)]
    counts = _counts(series, sides, spans)
    n_assignments = comb(len(sides[0]) + len(sides[1]), len(sides[0]))
    return ComparisonResult(
        tables={"countries": _with_ratios(counts)},
        estimates=_refuse(unknown) if unknown else _estimate(counts, n_assignments),
        checks=tuple(_check_reach(n_assignments)),
        evidence=published.evidence,
        smallest_p=1 / n_assignments,
        before=spans[0],
        after=spans[1],
        measure=measure,
        as_of=published.as_of,
    )


def _check_sides(
    members: tuple[str, ...], against: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for name, side in (("members", members), ("against", against)):
        if not side:
            raise SettingsError(f"{name}: no country is given; give codes such as 'FR'")
        for country in side:
            if country not in known_countries():
                raise SettingsError(
                    f"{name}: {country!r} is not a country"
                    f"{nearest(country, known_countries())}; give codes such as 'FR'"
                )
    both = sorted(set(members) & set(against))
    if both or len({*members, *against}) < len(members) + len(against):
        twice = both or sorted(
            c for c in {*members, *against} if (*members, *against).count(c) > 1
        )
        raise SettingsError(
            f"against: {twice[0]!r} is given twice; name each country once"
        )
    return members, against


def _is_exact(
    series: Mapping[str, WindowCounts], country: str, spans: tuple[Window, Window]
) -> bool:
    counts = series.get(country)
    return counts is not None and all(counts.range(span).is_exact for span in spans)


def _counts(
    series: Mapping[str, WindowCounts],
    sides: tuple[tuple[str, ...], tuple[str, ...]],
    spans: tuple[Window, Window],
) -> pd.DataFrame:
    rows = [
        (country, side, *(_exact(series, country, span) for span in spans))
        for side, countries in zip(("members", "against"), sides, strict=True)
        for country in countries
    ]
    frame = pd.DataFrame(rows, columns=["country", "side", "before", "after"])
    return frame.astype({"before": "Int64", "after": "Int64"})


def _exact(
    series: Mapping[str, WindowCounts], country: str, span: Window
) -> int | None:
    counts = series.get(country)
    found = counts.range(span) if counts is not None else None
    return int(found.lower) if found is not None and found.is_exact else None


def _with_ratios(counts: pd.DataFrame) -> pd.DataFrame:
    """Add each country's own ratio and its interval."""
    ends: list[tuple[float | None, float | None, float | None]] = []
    for row in counts.to_dict("records"):
        if pd.isna(row["before"]) or pd.isna(row["after"]):
            ends.append((None, None, None))
            continue
        found = rate_ratio(row["before"], row["after"])
        if isinstance(found, NotEstimable):
            ends.append((None, None, None))
        else:
            ends.append((found.value, found.lower, found.upper))
    for position, column in enumerate(("rate_ratio", "lower", "upper")):
        counts[column] = pd.array([end[position] for end in ends], dtype="Float64")
    return counts


def _refuse(unknown: list[str]) -> dict[str, Estimate | NotEstimable]:
    names = wording.listing([country_in_prose(c) for c in unknown])
    refusal = NotEstimable(
        reason=f"no exact figure for both windows is published for {names}",
        rule="not_identified",
    )
    return dict.fromkeys(("rate_ratio", "ratio_of_ratios", "randomisation_p"), refusal)


def _estimate(
    counts: pd.DataFrame, n_assignments: int
) -> dict[str, Estimate | NotEstimable]:
    inside, outside = _side(counts, "members"), _side(counts, "against")
    p: Estimate | NotEstimable
    if n_assignments > MAX_ASSIGNMENTS:
        p = NotEstimable(
            reason=f"{n_assignments:,} assignments are too many to enumerate",
            rule="too_many_assignments",
        )
    else:
        pairs = zip(counts["before"], counts["after"], strict=True)
        value = randomisation_p(
            [(int(before), int(after)) for before, after in pairs],
            n_members=int((counts["side"] == "members").sum()),
        )
        p = Estimate(value=value, lower=None, upper=None, level=None, unit="")
    return {
        "rate_ratio": rate_ratio(*inside),
        "ratio_of_ratios": ratio_of_ratios((inside, outside)),
        "randomisation_p": p,
    }


def _side(counts: pd.DataFrame, side: str) -> tuple[int, int]:
    """Add up the counts of one side: before and after."""
    rows = counts[counts["side"] == side]
    return int(rows["before"].sum()), int(rows["after"].sum())


def _check_reach(n_assignments: int) -> Iterator[Check]:
    smallest = 1 / n_assignments
    yield Check(
        "randomisation_reach",
        None,
        f"Randomisation over {n_assignments:,} assignments cannot give a p-value below "
        f"{numbers.ratio(smallest)}.",
    )


def _say(result: ComparisonResult) -> Iterator[Finding]:
    ratio, p = result.estimates["rate_ratio"], result.estimates["randomisation_p"]
    yield _say_change(result, ratio)
    if isinstance(ratio, Estimate) and isinstance(p, Estimate):
        yield _say_contrast(result, p)


def _names(result: ComparisonResult, side: str) -> str:
    countries = result.table.loc[result.table["side"] == side, "country"]
    return wording.listing([country_in_prose(c) for c in countries])


def _say_change(result: ComparisonResult, ratio: Estimate | NotEstimable) -> Finding:
    what, names = measure_name(result.measure), _names(result, "members")
    found: dict[str, Number] = {"rate_ratio": ratio}
    if isinstance(ratio, NotEstimable):
        text = f"{what} of {names} cannot be compared: {ratio.reason}"
    else:
        before, after = _side(result.table, "members")
        found |= {"before": before, "after": after}
        found |= {"first": result.before.words, "second": result.after.words}
        text = (
            f"{what} of {names} went from {numbers.count(before)} in "
            f"{result.before.words} to {numbers.count(after)} in {result.after.words}: "
            f"a ratio of {_with_level(ratio)}"
        )
        if not result.before.is_as_long_as(result.after):
            text += "; the windows differ in length, so these are counts, not rates"
    return _finding(result, "change", "How much did they change?", text, found)


def _say_contrast(result: ComparisonResult, p: Estimate) -> Finding:
    contrast, names = result.estimates["ratio_of_ratios"], _names(result, "against")
    found: dict[str, Number] = {"ratio_of_ratios": contrast}
    if isinstance(contrast, NotEstimable):
        text = f"against {names} that cannot be compared: {contrast.reason}"
    else:
        found |= {"randomisation_p": p, "smallest_p": result.smallest_p}
        text = (
            f"against {names} that is a ratio of {_with_level(contrast)}, exact for "
            f"counting noise alone; by randomisation p is {numbers.ratio(p.value or 0)}"
            ", and so few countries cannot reach less than "
            f"{numbers.ratio(result.smallest_p)}"
        )
    return _finding(result, "contrast", "Did others change alike?", text, found)


def _with_level(ratio: Estimate) -> str:
    level = numbers.percent(ratio.level or 0.0)
    return f"{ratio} at the {level} level"


def _finding(
    result: ComparisonResult,
    slug: str,
    question: str,
    text: str,
    found: dict[str, Number],
) -> Finding:
    return Finding(
        id=f"comparison.{slug}",
        question=question,
        statement=wording.sentence(text),
        numbers=found,
        evidence=result.evidence,
        period=result.after.text,
        checks=result.checks,
    )
