"""The contract with everybody who imports, schedules or reads: names and shapes.

What stands here was promised. A name is public only once it works, and from then on
neither its spelling nor its signature changes without a line in the changelog.
"""

import inspect
from collections.abc import Iterable

import pytest

import disclosure_trends as dtr
from disclosure_trends import errors

# Parameters in order; "/" ends those that are given by position, a name with "=" has
# the default that follows it.
FUNCTIONS = {
    "preview_log": "source / read=",
    "clean_requests": "source / as_of out=None read= engine='duckdb' memory='1GB' threads=None",
    "open_log": "folder /",
    "count_requests": "cleaned / by='region' freq='month' measure='valid' regions=None where=None within_days=None",
    "rate_requests": "cleaned / by='region' freq='quarter' rate='validity' regions=None where=None within_days=None",
    "fit_trend": "counts / region events=None horizon=0 level=0.95",
    "detect_upticks": "counts / method='calibrated' false_alarm_rate=0.01 last=1 control=None",
    "date_uptick": "counts / region level=0.95",
    "nowcast_counts": "data / by='region' freq='month' measure='valid' visible='logged_at' as_of=None",
    "trace_adoption": "data / region adoption_dates=None designated=None",
    "decompose_change": "data / region before after where=None",
    "attribute_uptick": "data / region before after adoption_dates=None designated=None policies=None",
    "load_published": "path_or_name / layout=None as_of=None country=None",
    "bound_change": "published / region before after measure='requests_fulfilled' without=()",
    "compare_windows": "published / members against before after measure='requests_fulfilled'",
    "assess_claims": "published / as_of log=None",
    "run_report": "name / parameters=None as_of out",
    "simulate_requests": "scenario / rng end='2024-09' months=24 rows=None messy=False",
    "simulate_counts": "scenario / rng",
    "check_parameters": "notebook namespace /",
    "load_events": "region=None",
    "close_report": "",
}

TYPES = (
    "AdoptionResult",
    "AttributionResult",
    "BoundsResult",
    "ChangePointResult",
    "Check",
    "ClaimsResult",
    "CleanedLog",
    "ComparisonResult",
    "Counts",
    "DatabaseQuery",
    "DecompositionResult",
    "Estimate",
    "Finding",
    "FirstOf",
    "Join",
    "LogPreview",
    "NotEstimable",
    "NowcastResult",
    "Proposal",
    "PublishedFigures",
    "RatesResult",
    "ReadOptions",
    "ReportRun",
    "RequestLogError",
    "Result",
    "SettingsError",
    "SimulatedCounts",
    "SimulatedLog",
    "TrendResult",
    "UptickScan",
    "Window",
)

EXIT_CODES = {
    "SettingsError": 2,
    "RequestLogError": 3,
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


def public(names: Iterable[str]) -> list[str]:
    """Those of the contract's names that are public by now."""
    return [name for name in names if name in dtr.__all__]


def test_nothing_is_public_that_was_not_promised() -> None:
    promised = {*FUNCTIONS, *TYPES, "__version__", *dir(errors)}
    assert set(dtr.__all__) <= promised


@pytest.mark.parametrize("name", public(FUNCTIONS))
def test_data_come_first_and_the_rest_by_keyword(name: str) -> None:
    parameters = inspect.signature(getattr(dtr, name)).parameters
    positional, _, _ = FUNCTIONS[name].rpartition("/")
    found = [key for key, p in parameters.items() if p.kind is not p.KEYWORD_ONLY]
    assert found == positional.split() or name == "load_events"
    assert len(parameters) <= 9  # the data and at most eight more


@pytest.mark.parametrize("name", public(FUNCTIONS))
def test_promised_keywords_and_defaults(name: str) -> None:
    parameters = inspect.signature(getattr(dtr, name)).parameters
    for promise in FUNCTIONS[name].rpartition("/")[2].split():
        keyword, has_default, default = promise.partition("=")
        found = parameters[keyword].default
        assert (found is not inspect.Parameter.empty) == bool(has_default)
        assert not default or repr(found) == default


@pytest.mark.parametrize("name", public(FUNCTIONS))
def test_what_was_not_promised_is_optional(name: str) -> None:
    promised = {part.partition("=")[0] for part in FUNCTIONS[name].split()}
    for key, parameter in inspect.signature(getattr(dtr, name)).parameters.items():
        assert key in promised or parameter.default is not inspect.Parameter.empty


@pytest.mark.parametrize("name", public(TYPES))
def test_types_are_classes(name: str) -> None:
    assert inspect.isclass(getattr(dtr, name))


@pytest.mark.parametrize(("name", "code"), EXIT_CODES.items())
def test_exit_codes(name: str, code: int) -> None:
    assert getattr(errors, name).exit_code == code
