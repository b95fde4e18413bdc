"""Measures of published figures, and the layouts in which they come."""

import csv
import io
from dataclasses import dataclass

from disclosure_trends.resources import vocabulary_text


@dataclass(frozen=True, slots=True)
class PublishedLayout:
    """What a layout says by itself, because its files do not.

    Attributes
    ----------
    layout, platform, source_url, source_grade
        Name of the layout; whose figures it holds, where they come from, and how
        good a source that is.
    """

    layout: str
    platform: str
    source_url: str
    source_grade: str


def measure_name(measure: str) -> str:
    """Name a measure in prose: `requests fulfilled`; any other by its own words."""
    own = measure.replace("_", " ")
    return _row("measures.csv", "measure", measure).get("name", own)


def measure_unit(measure: str) -> str:
    """Return the unit of a measure: `requests` or `users`."""
    return _row("measures.csv", "measure", measure).get("unit", "")


def published_layout(layout: str) -> PublishedLayout:
    """Return what a layout says of platform, source and grade."""
    return PublishedLayout(**_row("published_layouts.csv", "layout", layout))


def _row(name: str, key: str, value: str) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(vocabulary_text(name)))
    return next((row for row in rows if row[key] == value), {})
