"""What a reader is told when the records do not fit into the memory that was given."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import duckdb

from disclosure_trends.errors import RequestLogError


@contextmanager
def within_memory(memory: str) -> Iterator[None]:
    """Turn the engine's complaint about memory into a refusal that helps.

    Parameters
    ----------
    memory : str
        The limit, as it was given.

    Yields
    ------
    None

    Raises
    ------
    RequestLogError
        If what runs inside needs more.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise RequestLogError(
            f"the log: its records do not fit into memory={memory!r}; most is needed "
            "where one request_id stands on very many records; give more memory, or "
            'declare an id that means none with empty={"request_id": (...)}'
        ) from error


# One million versions of one id were ranked in 1 GB and not in 700 MB.
_VERSION_BYTES: Final = 900
_UNITS: Final = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


def check_versions(records: int, *, memory: str) -> None:
    """Refuse an id of so many versions that ranking them would end without memory.

    Parameters
    ----------
    records : int
        Records of the commonest id.
    memory : str
        The engine's limit, as it states it.

    Raises
    ------
    RequestLogError
        Before any of them is read.
    """
    number, unit = memory.split()
    most = int(float(number) * _UNITS[unit]) // _VERSION_BYTES
    if records > most:
        raise RequestLogError(
            f"the log: one request_id stands on {records:,} records; a request has a "
            f"few versions, and this memory ranks up to {most:,} of one; if it means "
            'that there is none, declare it with empty={"request_id": (...)}, else '
            "give more memory"
        )
