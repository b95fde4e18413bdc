"""nbconvert finds the exporter by its name and writes the same page."""

import nbconvert
import page_notebooks as made

from disclosure_trends.reports.page.render import render_report


def test_nbconvert_writes_the_same_bytes() -> None:
    exporter = nbconvert.get_exporter("disclosure_report")()
    page, resources = exporter.from_notebook_node(made.communication_line())
    assert page == render_report(made.communication_line())
    assert resources["output_extension"] == ".html"
