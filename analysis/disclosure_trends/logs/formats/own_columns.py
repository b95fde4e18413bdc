"""How several own columns feed one canonical column: joined, or the first filled."""

from typing import TypeAlias

from disclosure_trends.errors import SettingsError


class _Columns:
    """Several own columns that together feed one canonical column."""

    __slots__ = ("columns",)

    def __init__(self, *columns: str) -> None:
        kind = type(self).__name__
        if not columns or not all(isinstance(c, str) and c for c in columns):
            message = (
                f"{kind}: got {columns!r}; it takes the names of one or more own "
                f'columns, as {kind}("A", "B")'
            )
            raise SettingsError(message)
        self.columns = columns

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Columns):
            return NotImplemented
        return type(other) is type(self) and other.columns == self.columns

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.columns))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.columns))})"


class Join(_Columns):
    """Own columns whose texts are joined, as ``Join("Year", "Month", "Date")``.

    Parts are joined by ``-`` and empty ones left out. Where the target is a date,
    single digits get a leading zero, English month names become numbers, and a part
    that holds a time of day is joined by a blank.

    Parameters
    ----------
    *columns : str
        Own names, in the order in which their texts are joined.
    """

    __slots__ = ()


class FirstOf(_Columns):
    """Own columns of which the first that is not empty counts.

    For files of one log that name a column differently, or spread it over several.

    Parameters
    ----------
    *columns : str
        Own names; at least one must be in each file.
    """

    __slots__ = ()


Own: TypeAlias = str | Join | FirstOf
