"""Turns clean simulated rows into an export as platforms write them.

Several layouts of one date, zones, spellings, defects that cannot be repaired, ids that
come again with a newer state, headers under other names, and columns nobody asked for.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from disclosure_trends.simulate.spellings import spell, words
from disclosure_trends.simulate.timestamps import to_stamps, write_times, write_utc

REPEATS = 0.03  # share of rows that are older states of another row
Texts = NDArray[np.object_]
_SPELLED = ("country", "channel", "legal_process", "outcome", "validity")
_DEFECTS: Mapping[str, float] = MappingProxyType(
    {
        "received_at": 0.004,
        "request_id": 0.001,
        "country": 0.003,
        "outcome": 0.002,
        "accounts_requested": 0.003,
        "closed_at": 0.001,
    }
)
_OWN_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "source_timezone": "timezone",
        "accounts_requested": "n_accounts",
        "outcome": "status",
        "closed_at": "decided_at",
    }
)
_COLUMNS = (
    "request_id",
    "received_at",
    "source_timezone",
    "country",
    "authority",
    "authority_type",
    "channel",
    "legal_process",
    "crime",
    "identifier_type",
    "accounts_requested",
    "accounts_disclosed",
    "outcome",
    "validity",
    "refusal_ground",
    "validated_at",
    "closed_at",
    "data_categories",
    "priority",
    "updated_at",
    "logged_at",
    "notes",
)


def add_mess(
    requests: pd.DataFrame, *, repeats: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Write clean rows as a messy export.

    Parameters
    ----------
    requests : pandas.DataFrame
        Canonical rows.
    repeats : int
        Number of older states to add.
    rng : numpy.random.Generator
        Source of the draws; the same state gives the same text.

    Returns
    -------
    pandas.DataFrame
        Texts only; an empty text where nothing is recorded.
    """
    rows = add_repeats(requests, repeats=repeats, rng=rng)
    size = len(rows)
    zones = words("source_timezone", size, rng=rng)
    text: dict[str, Texts] = {
        "request_id": _text(rows["request_id"]),
        "received_at": write_times(to_stamps(rows["received_at"]), zones, rng=rng),
        "source_timezone": zones,
        "authority": _vary_names(_text(rows["authority"]), rng=rng),
        "authority_type": _text(rows["authority_type"]),
        "accounts_requested": _vary_counts(_text(rows["accounts_requested"]), rng=rng),
        "accounts_disclosed": _text(rows["accounts_disclosed"]),
        "refusal_ground": _text(rows["refusal_ground"]),
        "validated_at": write_utc(rows["validated_at"]),
        "closed_at": write_utc(rows["closed_at"], unit="D"),
        "updated_at": write_utc(rows["updated_at"], unit="s"),
        "logged_at": write_utc(rows["logged_at"]),
    }
    for column in _SPELLED:
        text[column] = spell(column, _text(rows[column]), rng=rng)
    for column in ("crime", "identifier_type", "data_categories", "priority", "notes"):
        text[column] = words(column, size, rng=rng)
    for column, chance in _DEFECTS.items():
        bad = np.flatnonzero(rng.random(size) < chance)
        text[column][bad] = (
            ""
            if column == "request_id"
            else words(f"faulty_{column}", bad.size, rng=rng)
        )
    frame = pd.DataFrame({column: text[column] for column in _COLUMNS}, dtype=str)
    return frame.rename(columns=dict(_OWN_HEADERS))


def add_repeats(
    requests: pd.DataFrame, *, repeats: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Add older, still pending states of some requests, before their newest state.

    Parameters
    ----------
    requests : pandas.DataFrame
        Canonical rows, one an id.
    repeats : int
        Number of rows to add; one id may get several.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    pandas.DataFrame
        All rows; the newest state of an id has the latest ``updated_at``.
    """
    age = (requests["updated_at"] - requests["received_at"]).dt.total_seconds()
    able = np.flatnonzero(age.fillna(0).to_numpy() > 3600)
    if not able.size or not repeats:
        return requests
    chosen = able[rng.integers(able.size, size=repeats)]
    older = requests.iloc[chosen].copy()
    elapsed = np.floor(rng.uniform(0.02, 0.9, size=repeats) * age.to_numpy()[chosen])
    older["updated_at"] = older["received_at"] + pd.to_timedelta(elapsed, unit="s")
    older["outcome"], older["validity"] = "pending", "not_assessed"
    unknown = ("refusal_ground", "accounts_disclosed", "validated_at", "closed_at")
    for column in unknown:
        older[column] = older[column].where(np.zeros(repeats, dtype=bool))
    place = np.concatenate(
        [np.arange(len(requests)), chosen - rng.uniform(0, 1, size=repeats)]
    )
    both = pd.concat([requests, older], ignore_index=True)
    return both.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def _text(column: "pd.Series[str]") -> Texts:
    """Write a column as texts, missing values as an empty text."""
    return np.where(column.isna(), "", column.astype(str)).astype(object)


def _vary_names(names: Texts, *, rng: np.random.Generator) -> Texts:
    """Write some names in capitals or with two blanks: still the same authority."""
    style = rng.random(names.size)
    varied = names.copy()
    loud, wide = np.flatnonzero(style < 0.02), np.flatnonzero(style > 0.98)
    varied[loud] = [name.upper() for name in names[loud]]
    varied[wide] = [name.replace(" ", "  ", 1) for name in names[wide]]
    return varied


def _vary_counts(counts: Texts, *, rng: np.random.Generator) -> Texts:
    """Write some counts as ``4.0`` or with blanks around them."""
    style = rng.random(counts.size)
    varied = np.where(style < 0.01, counts + ".0", counts)
    return np.asarray(np.where(style > 0.99, " " + counts + " ", varied), dtype=object)
