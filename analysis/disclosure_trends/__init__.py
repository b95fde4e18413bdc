"""Turn request logs and published figures on user-data disclosure into trends."""

import logging
from importlib import import_module

_PUBLIC: dict[str, str] = {
    "AdoptionResult": "models.adoption.trace",
    "AttributionResult": "models.attribution.attribute",
    "BoundsResult": "models.windows.bounds",
    "ChangePointResult": "models.change_point",
    "ClaimsResult": "reports.claims.assess",
    "CleanedLog": "logs.cleaned",
    "ComparisonResult": "models.windows.comparison",
    "Counts": "counts.counts",
    "DatabaseQuery": "logs.formats.query",
    "DecompositionResult": "models.decomposition.decompose",
    "FirstOf": "logs.formats.own_columns",
    "Join": "logs.formats.own_columns",
    "LogPreview": "logs.preview",
    "NowcastResult": "models.nowcast",
    "Proposal": "logs.previews.proposals",
    "PublishedFigures": "counts.published",
    "RatesResult": "counts.rates",
    "ReadOptions": "logs.options",
    "ReportRun": "reports.runner",
    "RequestLogError": "errors",
    "SimulatedCounts": "simulate.series",
    "SimulatedLog": "simulate.requests",
    "TrendResult": "models.trend.result",
    "UptickScan": "models.uptick.result",
    "Window": "vocabulary.periods",
    "assess_claims": "reports.claims.assess",
    "attribute_uptick": "models.attribution.attribute",
    "bound_change": "models.windows.bounds",
    "check_parameters": "reports.notebooks.session",
    "clean_requests": "logs.clean",
    "close_report": "reports.notebooks.session",
    "compare_windows": "models.windows.comparison",
    "count_requests": "counts.aggregate",
    "date_uptick": "models.change_point",
    "decompose_change": "models.decomposition.decompose",
    "detect_upticks": "models.uptick.detect",
    "fit_trend": "models.trend.fit",
    "load_events": "vocabulary.events",
    "load_published": "counts.published",
    "nowcast_counts": "models.nowcast",
    "open_log": "logs.cleaned",
    "preview_log": "logs.preview",
    "rate_requests": "counts.rates",
    "run_report": "reports.runner",
    "simulate_counts": "simulate.series",
    "simulate_requests": "simulate.requests",
    "trace_adoption": "models.adoption.trace",
}

__version__ = "0.1.0"
__all__ = ["__version__", *sorted(_PUBLIC)]  # noqa: PLE0604

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _PUBLIC:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    """List the public names without importing them."""
    return sorted(__all__)
