"""The two pages around the reports: the fixed front page, and the list of a run."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from disclosure_trends.reports.lint import FRONT, LIST, PAGE_KIND
from disclosure_trends.reports.page.assets import content_policy, style_sheet
from disclosure_trends.reports.page.render import PRODUCT
from disclosure_trends.vocabulary.periods import format_day, parse_as_of

_TARGET: Final = "latest/index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One report in the list of a run.

    Attributes
    ----------
    name : str
        Its folder.
    heading, verdict : str
        What it is about and what it says.
    as_of : str
        Its own day of knowledge.
    simulated : bool
        Whether it speaks of invented data.
    note : str
        Why it is not of this run; empty if it is.
    """

    name: str
    heading: str
    verdict: str
    as_of: str
    simulated: bool = False
    note: str = ""


def front_page() -> str:
    """Return the fixed page that leads to the newest run."""
    policy = html.escape(content_policy([]), quote=True)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta charset="utf-8">\n'
        f'<meta name="{PAGE_KIND}" content="{FRONT}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="refresh" content="0; url={_TARGET}">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{PRODUCT}</title>\n</head>\n<body>\n"
        f'<h1>{PRODUCT}</h1>\n<p><a href="{_TARGET}">The newest reports</a></p>\n'
        "</body>\n</html>\n"
    )


def run_index(reports: Sequence[Listed], *, as_of: str) -> str:
    """Return the page that lists the reports of a run.

    Parameters
    ----------
    reports : sequence of Listed
        In the order shown.
    as_of : str
        Day of knowledge of the run, ``YYYY-MM-DD``.

    Returns
    -------
    str
        A page without scripts.
    """
    day = format_day(parse_as_of(as_of))
    policy = html.escape(content_policy([]), quote=True)
    rows = "\n".join(_row(report) for report in reports)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta charset="utf-8">\n'
        f'<meta name="{PAGE_KIND}" content="{LIST}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{PRODUCT}, reports as of {day}</title>\n"
        f"<style>{style_sheet()}\n{_STYLE}</style>\n</head>\n"
        '<body class="dt-index">\n'
        f"<header><p>{PRODUCT}</p><p>Internal, as of {day}</p></header>\n"
        f"<main>\n<h1>Reports as of {day}</h1>\n<ol>\n{rows}\n</ol>\n</main>\n"
        "</body>\n</html>\n"
    )


def _row(report: Listed) -> str:
    """Write one report: a link with its sentence, then where it belongs in time."""
    day = format_day(parse_as_of(report.as_of))
    mark = (
        '<strong class="dt-index-sim">SIMULATED</strong> ' if report.simulated else ""
    )
    note = f" {html.escape(report.note)}" if report.note else ""
    title = html.escape(report.name.replace("_", " "))
    return (
        f'<li><p class="dt-index-name">{title}</p>'
        f'<h2>{mark}<a href="{report.name}/report.html">'
        f"{html.escape(report.verdict or report.heading or report.name)}</a></h2>"
        f"<p>{html.escape(report.heading)}. As of {day}.{note}</p>"
        f'<p><a href="{report.name}/findings.json">Every number, for programs</a>; '
        f'<a href="{report.name}/notebook.ipynb">the notebook, for analysts</a></p>'
        "</li>"
    )


_STYLE: Final = """
.dt-index{max-width:960px;margin:0 auto;padding:24px 16px 48px}
.dt-index header{display:flex;flex-wrap:wrap;gap:4px 24px;justify-content:space-between;
border-bottom:1px solid var(--ink);font:400 13px/1.5 var(--sans)}
.dt-index header p{margin:8px 0}
.dt-index h1{font:600 15px/1.45 var(--sans);margin:32px 0 12px}
.dt-index ol{list-style:none;margin:0;padding:0}
.dt-index li{border-top:1px solid var(--rule);padding:24px 0}
.dt-index h2{font:400 26px/1.24 var(--serif);margin:4px 0 8px}
.dt-index h2 a{color:inherit;text-decoration:none}
.dt-index h2 a:hover,.dt-index h2 a:focus{text-decoration:underline}
.dt-index li p{font:400 13px/1.5 var(--sans);color:var(--ink-2);margin:4px 0}
.dt-index li p.dt-index-name{color:var(--ink);font-weight:600}
.dt-index-sim{font:600 13px/1.5 var(--sans);color:var(--sim)}
"""
