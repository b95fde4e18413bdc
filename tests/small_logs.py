"""Small request logs for tests, made from one good row and what is changed in it."""

import pandas as pd

from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.logs.options import ReadOptions

AS_OF = "2024-12-31"
GOOD = {
    "request_id": "R-1",
    "received_at": "2024-05-01T10:00:00Z",
    "country": "DE",
    "authority": "Court of X",
    "channel": "dsa_contact_point",
    "legal_process": "court_order",
    "outcome": "disclosed",
    "accounts_requested": "2",
    "accounts_disclosed": "1",
    "closed_at": "2024-05-03T10:00:00Z",
}


def frame(*changes: dict[str, object]) -> pd.DataFrame:
    """One good row per change, with ids R-1, R-2, ... unless the change says else."""
    rows = [
        GOOD | {"request_id": f"R-{n}"} | change for n, change in enumerate(changes, 1)
    ]
    return pd.DataFrame(rows, dtype="object").fillna("")


def clean(
    *changes: dict[str, object], as_of: str = AS_OF, **read: object
) -> CleanedLog:
    """Clean a log of such rows."""
    share = {"max_quarantine_share": 1.0} | read
    options = ReadOptions(**share)  # type: ignore[arg-type]
    return clean_requests(frame(*changes), as_of=as_of, read=options)


def reasons(log: CleanedLog) -> dict[str, tuple[str, ...]]:
    """Quarantined ids and their reasons."""
    rows = log.quarantined()
    return dict(zip(rows["request_id"], rows["reasons"], strict=True))


def ids(log: CleanedLog) -> list[str]:
    """Ids of the clean rows, sorted."""
    return sorted(log.to_frame()["request_id"])
