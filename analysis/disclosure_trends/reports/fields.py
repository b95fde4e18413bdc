"""Reads the JSON that a notebook holds; what has the wrong shape stops the report."""

from collections.abc import Mapping, Sequence

from disclosure_trends.errors import NotebookError

Record = Mapping[str, object]


def record(value: object, place: str) -> Record:
    """Return a JSON object, or say where something else stands.

    Parameters
    ----------
    value : object
        What was found.
    place : str
        Where, for the message.

    Returns
    -------
    mapping
        The same object.

    Raises
    ------
    NotebookError
        If it is not an object.
    """
    if isinstance(value, Mapping):
        return value
    raise NotebookError(_misfit(place, value, "an object"))


def listing(value: object, place: str) -> Sequence[object]:
    """Return a JSON list, or say where something else stands; None is no list items.

    Parameters
    ----------
    value : object
        What was found.
    place : str
        Where, for the message.

    Returns
    -------
    sequence
        The same list.

    Raises
    ------
    NotebookError
        If it is not a list.
    """
    if value is None:
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    raise NotebookError(_misfit(place, value, "a list"))


def records(holder: Record, key: str) -> list[Record]:
    """Return the objects in a list of an object; none if the key is absent."""
    return [record(item, key) for item in listing(holder.get(key), key)]


def texts(holder: Record, key: str) -> list[str]:
    """Return the texts in a list of an object; none if the key is absent."""
    return [str(item) for item in listing(holder.get(key), key)]


def text(holder: Record, key: str) -> str:
    """Return a text of an object; empty if it is absent or null."""
    value = holder.get(key)
    return "" if value is None else str(value)


def _misfit(place: str, value: object, wanted: str) -> str:
    found = type(value).__name__
    return f"report page, {place}: found {found}; {wanted} is expected"
