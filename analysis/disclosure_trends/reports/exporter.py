"""nbconvert's door to the page: ``jupyter nbconvert --to disclosure_report``."""

from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from disclosure_trends.reports.page.render import render_report


class DisclosureReportExporter(Exporter):
    """Writes an executed notebook as one offline report.

    Derives from the bare exporter: the HTML exporter has a template engine that does
    not escape, and parses the finished page again.
    """

    export_from_notebook = "Disclosure report"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the page and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return render_report(nb), resources
