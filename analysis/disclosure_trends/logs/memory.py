"""What a reader is told when the records do not fit into the memory that was given."""

from collections.abc import Iterator
from contextlib import contextmanager

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
