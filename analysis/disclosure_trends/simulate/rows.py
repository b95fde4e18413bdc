"""Expands simulated counts into request rows, chunk by chunk."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from disclosure_trends.simulate.decisions import Floats, Ints, draw_receipts
from disclosure_trends.simulate.panel import PanelDraw
from disclosure_trends.simulate.scenarios import find_scenario

CHUNK_ROWS = 500_000
_DAY = 86_400.0
Texts = NDArray[np.object_]
Weights = Mapping[str, float]

DESIGNATED = "dsa_contact_point"
OTHER_LINES: Weights = MappingProxyType(
    {
        "email": 0.34,
        "dedicated_email": 0.18,
        "dsa_user_contact": 0.16,
        "post": 0.08,
        "mlat_authority": 0.06,
        "fax": 0.05,
        "in_app_bot": 0.04,
        "embassy": 0.03,
        "spoc": 0.03,
        "personal_contact": 0.03,
    }
)
PROCESSES: Weights = MappingProxyType(
    {
        "police_notice": 0.24,
        "prosecutor_order": 0.21,
        "court_order": 0.19,
        "judicial_order": 0.11,
        "search_warrant": 0.07,
        "emergency": 0.06,
        "eio": 0.05,
        "informal": 0.04,
        "subpoena": 0.02,
        "mlat": 0.01,
    }
)
_VALID_OUTCOMES: Weights = MappingProxyType(
    {
        "disclosed": 0.52,
        "partially_disclosed": 0.18,
        "no_data": 0.15,
        "rejected": 0.13,
        "withdrawn": 0.02,
    }
)
_INVALID_OUTCOMES: Weights = MappingProxyType(
    {"rejected": 0.88, "transferred": 0.04, "expired": 0.04, "withdrawn": 0.04}
)
_INVALIDITIES: Weights = MappingProxyType(
    {"invalid": 0.80, "incomplete": 0.18, "fraudulent": 0.02}
)
_MERITS: Weights = MappingProxyType(
    {"overly_broad": 0.5, "needs_judicial_cooperation": 0.3, "data_not_held": 0.2}
)
_FORMAL: Weights = MappingProxyType(
    {
        "no_statement_of_reasons": 0.3,
        "no_legal_basis": 0.2,
        "wrong_identifier": 0.2,
        "wrong_language_no_translation": 0.2,
        "no_redress_information": 0.1,
    }
)
_FORMAL_ELSEWHERE: Weights = MappingProxyType(
    {
        "not_sent_to_point_of_contact": 0.40,
        "unverified_sender": 0.25,
        "issuing_authority_not_identified": 0.10,
        **{ground: 0.25 * weight for ground, weight in _FORMAL.items()},
    }
)


def request_chunks(
    panel: PanelDraw, *, rng: np.random.Generator, chunk_rows: int = CHUNK_ROWS
) -> Iterator[pd.DataFrame]:
    """Write a panel out as rows, in order of receipt.

    Memory is bounded by one month of numbers and one chunk of rows. A request that was
    logged after the cut is not in the log: none, where the cut is 9 days or more after
    the last month.

    Parameters
    ----------
    panel : PanelDraw
        The counts; rows agree with them exactly.
    rng : numpy.random.Generator
        Source of whatever counts do not fix.
    chunk_rows : int
        Most rows of a chunk.

    Yields
    ------
    pandas.DataFrame
        Canonical columns; times in UTC, ids ``SIM-`` and a running number.
    """
    cut = pd.Timestamp(panel.calendar.cut, tz="UTC") + pd.Timedelta(days=1)
    written = 0
    for month in range(len(panel.months)):
        cell = _month_cells(panel, month, rng=rng)
        for start in range(0, cell["authority"].size, chunk_rows):
            part = {name: v[start : start + chunk_rows] for name, v in cell.items()}
            chunk = _rows(panel, part, month=month, rng=rng)
            chunk = chunk[chunk["logged_at"] < cut].reset_index(drop=True)
            size = len(chunk)
            ids = [f"SIM-{n:09d}" for n in range(written + 1, written + size + 1)]
            chunk.insert(0, "request_id", ids)
            written += size
            yield chunk


def _month_cells(
    panel: PanelDraw, month: int, *, rng: np.random.Generator
) -> dict[str, NDArray[np.float64] | Ints]:
    """Numbers of every request of a month, in order of receipt."""
    on, valid = panel.on_line[:, month], panel.valid[:, month]
    on_valid = panel.on_line_valid[:, month]
    rest = panel.submitted[:, month] - on - (valid - on_valid)
    counts = np.stack([on_valid, on - on_valid, valid - on_valid, rest], axis=1)
    code = np.repeat(np.arange(counts.size), counts.ravel())
    authority, kind = code // 4, code % 4
    is_valid = (kind == 0) | (kind == 2)
    group = np.full(code.size, -1)
    group[is_valid] = _fates(panel, month, authority=authority[is_valid], rng=rng)
    receipt, delay = draw_receipts(
        group,
        days=float(panel.calendar.days[month]),
        days_left=float(panel.calendar.days_left[month]),
        decision_days=find_scenario(panel.scenario).decision_days,
        rng=rng,
    )
    order = np.argsort(receipt, kind="stable")
    numbers = {
        "authority": authority,
        "on_line": kind < 2,
        "valid": is_valid,
        "receipt": receipt,
        "delay": delay,
    }
    return {name: values[order] for name, values in numbers.items()}


def _fates(
    panel: PanelDraw, month: int, *, authority: Ints, rng: np.random.Generator
) -> Ints:
    """Say which valid requests were found valid in time, later, or not yet."""
    shuffled = rng.permutation(authority.size)
    order: Ints = shuffled[np.argsort(authority[shuffled], kind="stable")]
    sizes = np.bincount(authority, minlength=panel.authority.size)
    rank = np.arange(authority.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    sorted_authority = authority[order]
    fate = (rank >= panel.matured[sorted_authority, month]).astype(np.int64)
    fate += rank >= panel.visible[sorted_authority, month]
    result: Ints = np.empty_like(fate)
    result[order] = fate
    return result


def _rows(
    panel: PanelDraw,
    cell: Mapping[str, Floats | Ints],
    *,
    month: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Build the rows of one chunk; times are kept to the second."""
    authority, size = cell["authority"].astype(int), cell["authority"].size
    on_line, valid = cell["on_line"].astype(bool), cell["valid"].astype(bool)
    received = np.floor(cell["receipt"] * _DAY)
    validated = received + np.floor(cell["delay"] * _DAY)
    closed = validated + np.floor(rng.uniform(0, 12, size=size) * _DAY)
    end = float(panel.calendar.days[month] + panel.calendar.days_left[month]) * _DAY
    assessed, decided = validated < end, closed < end
    outcome, ground = _outcomes(valid, on_line, decided=decided, rng=rng)
    asked = rng.geometric(0.55, size=size)
    given = _disclosed(asked, outcome, rng=rng)
    logged = received + np.floor(np.minimum(rng.exponential(2, size), 9) * _DAY)
    updated = np.maximum(logged, np.where(decided, closed, 0))
    updated = np.maximum(updated, np.where(assessed, validated, 0))
    validity = np.where(valid, "valid", _pick(_INVALIDITIES, size, rng=rng))
    start = np.datetime64(panel.calendar.starts[month], "us")
    return pd.DataFrame(
        {
            "received_at": _times(start, received),
            "country": panel.country[authority].astype(object),
            "authority": panel.authority[authority].astype(object),
            "authority_type": panel.authority_type[authority].astype(object),
            "channel": np.where(on_line, DESIGNATED, _pick(OTHER_LINES, size, rng=rng)),
            "legal_process": _pick(PROCESSES, size, rng=rng),
            "outcome": outcome,
            "validity": np.where(assessed, validity, "not_assessed"),
            "refusal_ground": ground,
            "accounts_requested": asked.astype(np.int64),
            "accounts_disclosed": given,
            "validated_at": _times(start, validated).where(assessed),
            "closed_at": _times(start, closed).where(decided),
            "updated_at": _times(start, updated).where(updated < end),
            "logged_at": _times(start, logged),
        }
    )


def _outcomes(
    valid: NDArray[np.bool_],
    on_line: NDArray[np.bool_],
    *,
    decided: NDArray[np.bool_],
    rng: np.random.Generator,
) -> tuple[Texts, Texts]:
    """Draw what the platform did, and why it refused where it did."""
    size = valid.size
    good = _pick(_VALID_OUTCOMES, size, rng=rng)
    bad = _pick(_INVALID_OUTCOMES, size, rng=rng)
    outcome = np.where(decided, np.where(valid, good, bad), "pending").astype(object)
    formal = np.where(
        on_line,
        _pick(_FORMAL, size, rng=rng),
        _pick(_FORMAL_ELSEWHERE, size, rng=rng),
    )
    merits = _pick(_MERITS, size, rng=rng)
    ground = np.where(valid, merits, formal).astype(object)
    ground[outcome != "rejected"] = None
    return outcome, ground


def _disclosed(
    asked: Ints, outcome: Texts, *, rng: np.random.Generator
) -> pd.arrays.IntegerArray:
    """Draw the accounts disclosed; not recorded while a request is pending."""
    some = 1 + np.floor(rng.random(asked.size) * np.maximum(asked - 1, 1))
    given = np.where(outcome == "disclosed", asked, 0)
    given = np.where(outcome == "partially_disclosed", some, given).astype(np.int64)
    return pd.arrays.IntegerArray(given, mask=outcome == "pending")


def _pick(weights: Weights, size: int, *, rng: np.random.Generator) -> Texts:
    """Draw values with the given weights."""
    total = np.cumsum([*weights.values()])
    code = np.searchsorted(total / total[-1], rng.random(size), side="right")
    return np.array([*weights], dtype=object)[np.minimum(code, total.size - 1)]


def _times(start: np.datetime64, seconds: Floats) -> "pd.Series[pd.Timestamp]":
    stamps = start + (seconds * 1e6).astype("timedelta64[us]")
    times: pd.Series[pd.Timestamp] = pd.Series(stamps).dt.tz_localize("UTC")
    return times
