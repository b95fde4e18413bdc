"""Build data/published/telegram.csv from the two tables of facts that were typed.

Run: `.venv/bin/python tests/golden/build_published.py FOLDER` with the folder that
holds telegram_windows.csv and published_figures.csv. The rules:

- the windows are taken over as they are;
- a figure of the press is one row a measure; its day of observation is the day in the
  URL or note of its source, else the first day on which the same cell was observed,
  else the figure stays out;
- where the note says that one of the two numbers is from another page, that page is
  its source;
- a figure that contradicts a better source for the same cell is graded X.
"""

import csv
import re
import sys
from datetime import date
from pathlib import Path

import pycountry

PUBLISHED = Path(__file__).parents[2] / "data" / "published"
# fmt: off
COLUMNS = [
    "platform", "country", "period_start", "period_end", "measure", "value",
    "value_low", "value_high", "observed_on", "source_url", "source_grade",
]
# fmt: on
MEASURES = {"requests": "requests_fulfilled", "users": "users_affected"}
CELL = COLUMNS[:5]
# A day in a URL: 2024/10/02, 2024-10-03 or the 202410030400 of a French newsroom.
OTHER_PAGE = re.compile(r"(?P<column>\w+) \d+ from (?P<host>\S+) (?P<day>\S+)")
DAY = re.compile(r"(20\d\d)[-/]?(0[1-9]|1[0-2])[-/]?(0[1-9]|[12]\d|3[01])(?!\d{5})")


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day_in(text: str) -> str:
    found = DAY.search(text)
    return "-".join(found.groups()) if found else ""


def source_days(figures: list[dict[str, str]]) -> dict[str, str]:
    """Find the day of each page: in its URL, else in the note of one of its figures."""
    days: dict[str, str] = {}
    for figure in figures:
        url = figure["source_url"]
        days[url] = day_in(url) or days.get(url, "") or day_in(figure["note"])
    return days


def source_of(figure: dict[str, str], column: str, days: dict[str, str]) -> str:
    """Return the page that gives one of the two numbers of a figure."""
    other = OTHER_PAGE.match(figure["note"])
    if other is None or other["column"] != column:
        return figure["source_url"]
    return next(
        url for url, day in days.items() if other["host"] in url and day == other["day"]
    )


def alpha_2(code: str) -> str:
    country = pycountry.countries.get(alpha_3=code)
    return country.alpha_2 if country else ""


def press_rows(
    figures: list[dict[str, str]], windows: list[dict[str, str]]
) -> list[dict[str, str]]:
    """Turn the figures of the press into rows of the tidy layout."""
    first_seen: dict[tuple[str, ...], str] = {}
    known: dict[tuple[str, ...], str] = {}
    for row in windows:
        cell = tuple(row[key] for key in CELL)
        known[cell] = row["value"]
        first_seen[cell] = min(
            first_seen.get(cell, row["observed_on"]), row["observed_on"]
        )
    days = source_days(figures)
    rows = []
    for figure in figures:
        country = alpha_2(figure["country"])
        if not country or figure["kind"] != "fulfilled":
            continue
        for column, measure in MEASURES.items():
            row = {
                "platform": figure["platform"].casefold(),
                "country": country,
                "period_start": figure["period_start"],
                "period_end": figure["period_end"],
                "measure": measure,
                "value": figure[column],
                "source_url": source_of(figure, column, days),
            }
            cell = tuple(row[key] for key in CELL)
            seen = days[figure["source_url"]] or first_seen.get(cell, "")
            if not figure[column] or not seen:
                continue
            contradicts = cell in known and known[cell] != figure[column]
            grade = "X" if contradicts else "B" if cell in known else "C"
            rows.append({**row, "observed_on": seen, "source_grade": grade})
    return rows


def build(folder: Path) -> list[dict[str, str]]:
    windows = read_rows(folder / "telegram_windows.csv")
    figures = read_rows(folder / "published_figures.csv")
    rows = [*windows, *press_rows(figures, windows)]
    for row in rows:
        date.fromisoformat(row["observed_on"])
    order = [*CELL, "source_grade", "observed_on", "source_url"]
    return sorted(
        ({key: row.get(key, "") for key in COLUMNS} for row in rows),
        key=lambda row: [row[key] for key in order],
    )


def write(rows: list[dict[str, str]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    write(build(Path(sys.argv[1])), PUBLISHED / "telegram.csv")
