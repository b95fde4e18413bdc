"""Series of a notebook: counted from its log, read from its file, or published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_args

from disclosure_trends.counts.counts import Counts
from disclosure_trends.counts.figures import published_counts
from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.reports.counts_file import read_counts
from disclosure_trends.vocabulary.periods import FREQS, Freq
from disclosure_trends.vocabulary.regions import COMPLEMENT, known_countries

if TYPE_CHECKING:
    from disclosure_trends.reports.notebooks.session import Settings

T = TypeVar("T")


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
        All series; of a log with a `region` that region and, for a group of countries,
        the rest of the world.
    """
    values = settings.values
    as_of = str(settings.as_of)
    if values.get("counts"):
        return read_counts(Path(str(values["counts"])), as_of=as_of)
    if values.get("published"):
        from disclosure_trends.counts.published import load_published

        figures = load_published(str(values["published"]), as_of=as_of)
        return published_counts(settings.remember(figures))
    from disclosure_trends.counts.aggregate import Measure, count_requests

    region = values.get("region")
    regions: tuple[str, ...] | None = None
    if region:
        name = str(region)
        rest = name.removeprefix(COMPLEMENT)
        other = rest if name != rest else f"{COMPLEMENT}{name}"
        regions = (name,) if name in known_countries() else (name, other)
    freqs: dict[str, Freq] = {freq: freq for freq in FREQS}
    measures: dict[str, Measure] = {word: word for word in get_args(Measure)}
    return count_requests(
        settings.open_requests(),
        by="region",
        freq=_chosen(freqs, values.get("freq", "month"), name="freq"),
        measure=_chosen(measures, values.get("measure", "valid"), name="measure"),
        regions=regions,
    )


def _chosen(allowed: Mapping[str, T], word: object, *, name: str) -> T:
    """Return the word of a closed list; another is refused with the nearest."""
    text = str(word)
    if text not in allowed:
        raise SettingsError(
            f"parameter {name!r}: {text!r} is unknown{nearest(text, allowed)}; allowed "
            f"are {', '.join(allowed)}"
        )
    return allowed[text]
