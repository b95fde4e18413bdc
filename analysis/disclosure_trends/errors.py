"""What can go wrong: one base, one class and exit code per kind of failure."""

from collections.abc import Iterable
from difflib import get_close_matches


class DisclosureTrendsError(Exception):
    """A failure that the person at the keyboard can do something about."""

    exit_code = 1


class LedgerError(DisclosureTrendsError):
    """The ledger does not balance: a bug, never the data's fault."""

    exit_code = 1


class SettingsError(DisclosureTrendsError, ValueError):
    """An option or parameter is unknown, mistyped or out of range."""

    exit_code = 2


class PeriodError(SettingsError):
    """A text is not a period, a window or a day."""


class UnknownRegionError(SettingsError):
    """A text is neither a country nor a group of the region table."""


class RequestLogError(DisclosureTrendsError, ValueError):
    """A request log cannot be trusted as it stands."""

    exit_code = 3


class PublishedFiguresError(DisclosureTrendsError, ValueError):
    """A file of published figures cannot be read as one."""

    exit_code = 3


class DataQualityError(DisclosureTrendsError):
    """Too large a share of the records was set aside to report on the rest."""

    exit_code = 4


class NotEstimableError(DisclosureTrendsError):
    """An estimate that a report requires could not be computed."""

    exit_code = 5


class NotebookError(DisclosureTrendsError):
    """A notebook failed or stopped before its end."""

    exit_code = 6


class OutputError(DisclosureTrendsError):
    """The output cannot be written."""

    exit_code = 7


class OutputLockedError(DisclosureTrendsError):
    """Another run writes to the same output."""

    exit_code = 8


class InputChangedError(DisclosureTrendsError):
    """An input changed while it was read."""

    exit_code = 9


class RedactionError(DisclosureTrendsError):
    """Something that looks like a person or a secret was about to be published."""

    exit_code = 10


class BatchError(DisclosureTrendsError):
    """Some reports of a batch failed; the others are published."""

    exit_code = 11


class CheckError(DisclosureTrendsError):
    """`check` or `verify` found a fault."""

    exit_code = 12


class DataQualityWarning(UserWarning):
    """The data are usable, but a reader should know how they were repaired."""


class SmallSampleWarning(UserWarning):
    """There are few cases; intervals are wide."""


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Return a hint that names the closest allowed word, or an empty text.

    Parameters
    ----------
    word : str
        What was given.
    allowed : iterable of str
        What is accepted.

    Returns
    -------
    str
        ``"; did you mean 'EU'?"`` or ``""``.
    """
    by_key = {choice.casefold(): choice for choice in allowed}
    close = get_close_matches(word.casefold(), by_key, n=1, cutoff=0.6)
    return f"; did you mean {by_key[close[0]]!r}?" if close else ""
