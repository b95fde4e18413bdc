"""A million messy rows: three implementations agree on every cell and every row."""

import json

import pytest
from tests.benchmarks import with_pandas, with_polars
from tests.benchmarks.job import read_cleaned, write_figures
from tests.benchmarks.messy_log import write_log

from disclosure_trends import ReadOptions, clean_requests

ROWS = 1_000_000


@pytest.fixture(scope="module")
def million(tmp_path_factory):
    """A messy log, and the figures of its cleaned rows."""
    folder = tmp_path_factory.mktemp("million")
    source = folder / "log.parquet"
    write_log(source, rows=ROWS, seed=20)
    clean_requests(
        source,
        as_of="2024-12-31",
        out=folder / "cleaned",
        read=ReadOptions(layouts=("epoch_s", "epoch_ms")),
    )
    cells, rows = read_cleaned(folder / "cleaned")
    write_figures(folder, cells=cells, rows=rows)
    return source, json.loads((folder / "figures.json").read_text())


@pytest.mark.slow
@pytest.mark.parametrize("other", [with_pandas, with_polars], ids=["pandas", "polars"])
def test_cells_and_fates_are_those_of_another_implementation(million, other, tmp_path):
    source, expected = million
    other.clean(source, tmp_path)
    found = json.loads((tmp_path / "figures.json").read_text())
    assert found == expected
    assert sum(found["ledger"].values()) == ROWS
    assert found["ledger"]["clean"] > ROWS * 0.9
