"""An id of very many versions is refused before they are ranked, and says why."""

import pandas as pd
import pytest
from small_logs import AS_OF, frame

from disclosure_trends.errors import RequestLogError
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.memory import check_versions
from disclosure_trends.logs.options import ReadOptions


def _placeholder(rows: int) -> pd.DataFrame:
    one = frame({"request_id": "none"})
    return one.loc[one.index.repeat(rows)]


def test_an_id_of_too_many_versions_is_refused() -> None:
    with pytest.raises(RequestLogError) as caught:
        clean_requests(_placeholder(150_000), as_of=AS_OF, memory="100MB")
    # 100 MB as the engine states them, 95.3 MiB, at 900 bytes a version.
    assert str(caught.value) == (
        "the log: one request_id stands on 150,000 records; a request has a few "
        "versions, and this memory ranks up to 111,032 of one; if it means that there "
        'is none, declare it with empty={"request_id": (...)}, else give more memory'
    )


def test_what_it_asks_for_helps() -> None:
    log = clean_requests(
        _placeholder(150_000),
        as_of=AS_OF,
        memory="100MB",
        read=ReadOptions(empty={"request_id": ("none",)}),
    )
    assert log.ledger.total.by_reason == {"missing_request_id": 150_000}


@pytest.mark.parametrize(
    ("memory", "most"), [("953.6 MiB", 1_111_024), ("1.8 TiB", 2_199_023_255)]
)
def test_more_memory_ranks_more(memory: str, most: int) -> None:
    check_versions(most, memory=memory)
    with pytest.raises(RequestLogError, match=f"stands on {most + 1:,} records"):
        check_versions(most + 1, memory=memory)
