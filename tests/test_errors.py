"""Each kind of failure has one exit code, and a hint never invents a word."""

import inspect

import pytest

from disclosure_trends import errors

CODES = {
    "DisclosureTrendsError": 1,
    "LedgerError": 1,
    "SettingsError": 2,
    "PeriodError": 2,
    "UnknownRegionError": 2,
    "RequestLogError": 3,
    "PublishedFiguresError": 3,
    "DataQualityError": 4,
    "NotEstimableError": 5,
    "NotebookError": 6,
    "OutputError": 7,
    "OutputLockedError": 8,
    "InputChangedError": 9,
    "RedactionError": 10,
    "BatchError": 11,
    "CheckError": 12,
}


def test_every_error_has_its_code() -> None:
    found = {
        name: kind.exit_code
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.DisclosureTrendsError)
    }
    assert found == CODES


@pytest.mark.parametrize("name", ["RequestLogError", "SettingsError"])
def test_bad_values_are_value_errors_too(name: str) -> None:
    assert issubclass(getattr(errors, name), ValueError)


def test_nearest() -> None:
    assert errors.nearest("regoin", ["region", "as_of"]) == "; did you mean 'region'?"
    assert errors.nearest("eu", ["EU", "non-EU"]) == "; did you mean 'EU'?"
    assert errors.nearest("zzzz", ["EU"]) == ""
