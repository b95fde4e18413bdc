"""Renders an executed notebook as one offline page for leadership.

`render_report` is a plain function of the notebook: no clock, no network, no file but
the template beside it; the same notebook gives the same bytes.
"""

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from disclosure_trends.reports.fields import Record
from disclosure_trends.reports.page import assets, markup
from disclosure_trends.reports.page.blocks import day_words
from disclosure_trends.reports.page.drawings import share_templates
from disclosure_trends.reports.page.outline import Page, outline
from disclosure_trends.reports.page.shown import read_notebook

PRODUCT = "Disclosure trends"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return our own Jinja environment: everything escaped, nothing undefined."""
    jinja = Environment(
        loader=PackageLoader("disclosure_trends.reports.page", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=markup.shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    jinja.filters["pieces"] = markup.pieces
    jinja.filters["day_words"] = day_words
    return jinja


def render_report(notebook: Record) -> str:
    """Render an executed notebook as one HTML file.

    Only result bundles and plotly figures enter the page; ``text/html`` of a cell
    never does. All text is escaped, hidden characters are shown as marks, and a
    policy of hashes lets no script run but ours.

    Parameters
    ----------
    notebook : mapping
        A notebook of format 4 with its outputs.

    Returns
    -------
    str
        The page: no request, one packed plotly.js if it has figures.

    Raises
    ------
    NotebookError
        If a cell failed or an output has the wrong shape.
    """
    page = outline(read_notebook(notebook))
    boot = assets.template_text("boot.js")
    scripts = [boot, assets.plotly_script()] if page.drawings else [boot]
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            page=page,
            product=PRODUCT,
            policy=assets.content_policy(scripts),
            style=markup.trusted(assets.style_sheet() + _page_boxes(page)),
            boot=markup.trusted(boot),
            plotly=markup.trusted(assets.packed_plotly() if page.drawings else ""),
            figures=markup.trusted(assets.pack_figures(share_templates(page.drawings))),
        )
    )


def _page_boxes(page: Page) -> str:
    """Write what stands in the margins of every printed page."""
    parts = [PRODUCT, page.report, page.classification]
    parts += [f"as of {page.as_of}"] if page.as_of else []
    left = markup.css_string(" \N{MIDDLE DOT} ".join(parts))
    banner = markup.css_string(
        "SIMULATED: invented data that test the method. "
        "Nothing here describes a real request, authority or person."
    )
    top = f"@top-center{{content:{banner}}}" if page.simulated else ""
    name = "simulated" if page.simulated else "report"
    return (
        f"\n@page {name}{{@bottom-left{{content:{left}}}{top}}}\nbody{{page:{name}}}\n"
    )
