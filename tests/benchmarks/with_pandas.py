"""The cleaning job in pandas, as somebody who knows it well would write it.

Arrow texts, whole columns at a time, words mapped once per distinct spelling.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from disclosure_trends.vocabulary.reasons import reason_codes
from tests.benchmarks.job import (
    AS_OF_END,
    LAYOUTS,
    MAPPED,
    MIN_DATE,
    NAIVE,
    OWN,
    REPORTED,
    meanings,
    write_figures,
)


def clean(source: Path, folder: Path) -> None:
    """Clean the log and write the clean, the superseded and the quarantined rows."""
    raw = pd.read_parquet(source, columns=list(OWN), dtype_backend="pyarrow")
    raw = raw.rename(columns=OWN)
    frame, reasons = _typed(raw)
    first = np.full(len(raw), "", dtype=object)
    for code in reversed(reason_codes()):
        if code in reasons:
            first[reasons[code]] = code
    usable = frame[first == ""]
    newest, superseded, repeated = _versions(usable)
    for place, code in repeated.items():
        first[place] = code
    frame.loc[newest].to_parquet(folder / "requests.parquet", compression="zstd")
    frame.loc[superseded].to_parquet(folder / "superseded.parquet", compression="zstd")
    aside = raw[first != ""].assign(reason=first[first != ""])
    aside.to_parquet(folder / "quarantine.parquet", compression="zstd")
    kept = frame.loc[newest]
    month = kept["received_at"].dt.strftime("%Y-%m")
    cells = (
        kept.groupby([month, "country", "channel", "outcome"], observed=True)
        .agg(n=("request_id", "size"), accounts=("accounts_requested", "sum"))
        .reset_index()
    )
    rows = {"clean": newest + 1, "superseded": superseded + 1}
    for code in np.unique(first):
        if code:
            rows[code] = np.flatnonzero(first == code) + 1
    cells["accounts"] = cells["accounts"].astype("int64")
    write_figures(folder, cells=cells.itertuples(index=False, name=None), rows=rows)


def _typed(raw: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    frame = raw[["request_id", "authority", "source_timezone", "data_categories"]]
    frame = frame.copy()
    reasons: dict[str, np.ndarray] = {}

    def mark(code: str, rows: object) -> None:
        mask = np.asarray(rows, dtype=bool)
        reasons[code] = reasons.get(code, np.zeros(len(raw), bool)) | mask

    received, wall, faults = _moments(raw["received_at"], raw["source_timezone"])
    for code, rows in faults.items():
        mark(code, rows)
    mark("before_min_date", received < pd.Timestamp(MIN_DATE))
    mark("future_date", received >= pd.Timestamp(AS_OF_END))
    closed, closed_wall, faults = _moments(raw["closed_at"], raw["source_timezone"])
    for code, rows in faults.items():
        if code != "missing_date":
            mark(code, rows)
    late = closed >= pd.Timestamp(AS_OF_END)
    closed = closed.mask(late)
    midnight = (wall == wall.dt.normalize()) | (
        closed_wall == closed_wall.dt.normalize()
    )
    days = (received.dt.normalize() - closed.dt.normalize()).dt.days
    mark("closed_before_received", (closed < received) & ((days > 1) | ~midnight))
    frame["received_at"], frame["closed_at"] = received, closed
    frame["updated_at"] = _moments(raw["updated_at"], raw["source_timezone"])[0]
    for column in (*MAPPED, "accounts_requested"):
        words = raw[column].astype("category")
        found = meanings(column, words.cat.categories)
        codes = words.cat.codes.to_numpy()
        values = np.array([found[w][0] for w in words.cat.categories], dtype=object)
        fault = np.array([found[w][1] for w in words.cat.categories], dtype=object)
        for code in set(fault) - {""}:
            mark(code, (fault == code)[codes])
        if column == "accounts_requested":
            numbers = pd.array(list(values), dtype="Int64")
            frame[column] = numbers.take(codes)
        else:
            kinds = pd.Categorical(values)
            frame[column] = kinds.take(codes)
    frame["outcome"] = (
        frame["outcome"].cat.add_categories(["pending"]).mask(late, "pending")
    )
    asked = frame["accounts_requested"]
    mark("zero_requested", (asked == 0).fillna(value=False))
    return frame, reasons


def _moments(
    texts: pd.Series, zones: pd.Series
) -> tuple[pd.Series, pd.Series, dict[str, np.ndarray]]:
    """Moments in UTC, walls without a zone, and rows by fault."""
    texts = texts.fillna("")
    utc = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us, UTC]")
    wall = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
    faults = {"missing_date": (texts == "").to_numpy(bool)}
    left = ~faults["missing_date"]
    for layout, pattern in LAYOUTS.items():
        if not left.any():
            break
        fits = np.zeros(len(texts), bool)
        fits[left] = texts[left].str.match(pattern).to_numpy(bool)
        if not fits.any():
            continue
        left &= ~fits
        some = texts[fits]
        if layout.startswith("epoch"):
            unit = "s" if layout == "epoch_s" else "ms"
            moments = pd.to_datetime(some.astype("int64"), unit=unit, utc=True)
            moments = moments.dt.as_unit("us").dt.floor("s")
            clock = moments.dt.tz_localize(None)
        elif layout in NAIVE:
            clock = pd.to_datetime(some, format=layout, errors="coerce").dt.as_unit(
                "us"
            )
            moments, clocks = _placed(clock, zones[fits])
            for code, rows in clocks.items():
                faults.setdefault(code, np.zeros(len(texts), bool))[rows] = True
        else:
            moments = pd.to_datetime(some, format=layout, utc=True, errors="coerce")
            moments = moments.dt.as_unit("us")
            clock = moments.dt.tz_localize(None)
            if layout.endswith("%z"):
                clock = pd.to_datetime(
                    some.str.slice(0, 19), format="%Y-%m-%dT%H:%M:%S", errors="coerce"
                ).dt.as_unit("us")
        utc[fits], wall[fits] = moments, clock
        bad = np.zeros(len(texts), bool)
        bad[fits] = clock.isna().to_numpy(bool)
        faults["invalid_date"] = faults.get("invalid_date", False) | bad
    faults["unparsed_date"] = left
    return utc, wall, faults


def _placed(
    clock: pd.Series, zones: pd.Series
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    """Put wall times into their zones; name those that are twice or never."""
    utc = pd.Series(pd.NaT, index=clock.index, dtype="datetime64[us, UTC]")
    faults: dict[str, list[int]] = {
        "ambiguous_local_time": [],
        "nonexistent_local_time": [],
    }
    for zone, some in clock.groupby(zones.fillna("")):
        name = zone or "UTC"
        placed = some.dt.tz_localize(name, ambiguous="NaT", nonexistent="NaT")
        odd = some[placed.isna() & some.notna()]
        moved = odd.dt.tz_localize(name, ambiguous="NaT", nonexistent="shift_forward")
        faults["ambiguous_local_time"] += odd.index[moved.isna()].tolist()
        faults["nonexistent_local_time"] += odd.index[moved.notna()].tolist()
        utc[some.index] = placed.dt.tz_convert("UTC")
    return utc, {code: np.array(rows, int) for code, rows in faults.items()}


def _versions(usable: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, dict[int, str]]:
    """Places of the newest version of each id, of older ones, of repeats by code."""
    again = usable["request_id"].duplicated(keep=False)
    once, some = usable.index[~again].to_numpy(), usable[again]
    codes: dict[int, str] = {}
    copies = some.index[some.duplicated()]
    codes |= dict.fromkeys(copies.tolist(), "duplicate_exact")
    some = some.drop(copies)
    written = some["updated_at"].astype("int64")
    written = written.where(some["updated_at"] < pd.Timestamp(AS_OF_END), -written)
    best = written.groupby(some["request_id"]).transform("max")
    rivals = some[written == best]
    answers = rivals.drop_duplicates(["request_id", *REPORTED])["request_id"]
    torn = set(answers[answers.duplicated()])
    conflict = rivals.index[rivals["request_id"].isin(torn)]
    codes |= dict.fromkeys(conflict.tolist(), "duplicate_conflict")
    rivals = rivals.drop(conflict)
    kept = rivals.drop_duplicates("request_id").index
    older = some.index.difference(kept).difference(conflict)
    newest = np.sort(np.concatenate([once, kept.to_numpy()]))
    return newest, older.to_numpy(), codes


if __name__ == "__main__":
    clean(Path(sys.argv[1]), Path(sys.argv[2]))
