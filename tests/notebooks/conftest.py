"""The shipped reports, made once for all tests that look at them."""

from pathlib import Path

import pytest

from disclosure_trends.reports.runner import BatchRun, run_reports

AS_OF = "2026-05-31"


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> BatchRun:
    """All reports of reports.toml on what the repository ships."""
    out: Path = tmp_path_factory.mktemp("shipped") / "reports"
    return run_reports(as_of=AS_OF, out=out)
