"""A large messy log as Parquet or CSV, drawn in chunks so that memory stays flat."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

CHUNK = 500_000
COUNTRIES = (
    *("DE", "de", "DEU", "Germany", "Deutschland", "FR", "France", "fra", "FR "),
    *("IN", "India", "IND", "भारत", "BR", "Brasil", "Brazil", "GB", "UK", "GBR"),
    *("United Kingdom", "US", "U.S.A.", "USA", "United States", "PL", "Polska", "pl"),
    *(
        "ES",
        "España",
        "Spain",
        "IT",
        "Italia",
        "NL",
        "The Netherlands",
        "TR",
        "Türkiye",
    ),
    *("CZ", "Czech Republic", "Czechia", "NA", "NO", "Norway", "SE", "JP", "日本"),
)
CHANNELS = (
    *("dsa_contact_point", "DSA contact point", "portal", "le_portal", "LE Portal"),
    *("email", "E-Mail", "e-mail", "fax", "Fax", "post", "letter", "MLAT authority"),
)
PROCESSES = (
    *("court_order", "Court order", "Gerichtsbeschluss", "police_notice"),
    *("police request", "prosecutor_order", "search warrant", "subpoena", "emergency"),
    *("preservation request", "EIO", "mlat"),
)
OUTCOMES = (
    *("disclosed", "Disclosed", "granted", "partially_disclosed", "partial"),
    *("teilweise", "rejected", "refused", "abgelehnt", "no data", "no_data"),
    *("withdrawn",),
)
ZONES = (
    *("", "UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York", "Asia/Tokyo"),
    *("America/Sao_Paulo", "Europe/London"),
)
FAULTS = {
    "received": ("2023-02-30T10:00:00Z", "", "pending", "1899-12-31T00:00:00Z"),
    "country": ("Ruritania", "QQ", ""),
    "status": ("perhaps", "asdf"),
    "n_accounts": ("several", "-2", "99999999999", "1.5", "?"),
}
NOTE = 'asked twice, said "urgent", see file'


def write_log(path: Path, *, rows: int, seed: int) -> None:
    """Write a log; its name's end says whether as Parquet or CSV.

    Parameters
    ----------
    path : pathlib.Path
        ``.parquet`` or ``.csv``.
    rows : int
        How many.
    seed : int
        The same seed, the same bytes.
    """
    rng = np.random.default_rng(seed)
    writer = None
    for start in range(0, rows, CHUNK):
        table = _chunk(start, min(CHUNK, rows - start), rng)
        if writer is None:
            writer = (
                pq.ParquetWriter(path, table.schema, compression="zstd")
                if path.suffix == ".parquet"
                else pc.CSVWriter(path, table.schema)
            )
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _chunk(start: int, size: int, rng: np.random.Generator) -> pa.Table:
    ids = np.arange(start, start + size)
    again = rng.random(size) < 0.03
    ids = np.where(again, (ids * 0.97).astype(np.int64), ids)
    span = 4 * 365 * 86_400
    received = (1_609_459_200 + span * np.sqrt(rng.random(size))).astype(np.int64)
    closed = received + rng.integers(3_600, 60 * 86_400, size)
    updated = closed + again * rng.integers(1, 10 * 86_400, size)
    accounts = rng.geometric(0.4, size)
    columns = {
        "id": pa.array([f"REQ-{n:09d}" for n in ids.tolist()]),
        "received": _dates(received, rng),
        "source_tz": _pick(ZONES, size, rng),
        "country": _pick(COUNTRIES, size, rng),
        "authority": _pick(
            [f"Court of O'District No. {n}, Section {n % 7}" for n in range(3000)],
            size,
            rng,
        ),
        "channel": _pick(CHANNELS, size, rng),
        "legal_process": _pick(PROCESSES, size, rng),
        "crime": _pick(("fraud", "drugs", "terror", "abuse", ""), size, rng),
        "identifier_type": _pick(("phone", "username", "url"), size, rng),
        "n_accounts": pa.array(accounts).cast(pa.string()),
        "status": _pick(OUTCOMES, size, rng),
        "decided_at": _iso(closed),
        "data_categories": _pick(("subscriber", "traffic", "content"), size, rng),
        "priority": _pick(("low", "high"), size, rng),
        "last_updated": _iso(updated),
        "notes": _pick((NOTE, "", "n/a"), size, rng),
    }
    for name, values in FAULTS.items():
        columns[name] = _spoil(columns[name], values, rng)
    return pa.table(columns)


def _pick(values: tuple[str, ...] | list[str], size: int, rng: np.random.Generator):
    weights = 1 / np.arange(1, len(values) + 1) ** 0.7
    codes = rng.choice(len(values), size, p=weights / weights.sum())
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, pa.int32()), pa.array(list(values))
    ).cast(pa.string())


def _iso(seconds: np.ndarray) -> pa.Array:
    moments = seconds.astype("datetime64[s]")
    return pa.array(np.char.add(np.datetime_as_string(moments), "Z").tolist())


def _dates(seconds: np.ndarray, rng: np.random.Generator) -> pa.Array:
    """Seven layouts in one column, as the exports of several systems joined."""
    text = np.datetime_as_string(seconds.astype("datetime64[s]"))
    y, m, d, time = (
        np.array([one[a:b] for one in text.tolist()])
        for a, b in ((0, 4), (5, 7), (8, 10), (11, 19))
    )
    names = np.array([f"{date(2024, n, 1):%b}" for n in range(1, 13)])
    hour = np.array([int(one[:2]) for one in time.tolist()])
    twelve = np.char.zfill(((hour + 11) % 12 + 1).astype(str), 2)
    clock = np.char.add(np.char.add(twelve, ":"), [one[3:5] for one in time.tolist()])
    month = names[m.astype(int) - 1]
    shapes = (
        np.char.add(text, "Z"),
        np.char.add(text, "+02:00"),
        np.char.replace(text, "T", " "),
        _joined(d, "/", m, "/", y, " ", np.array([t[:5] for t in time.tolist()])),
        _joined(month, " ", d, ", ", y, " ", clock, np.where(hour < 12, " AM", " PM")),
        seconds.astype(str),
        np.char.add(seconds.astype(str), "000"),
    )
    kind = rng.choice(7, len(seconds), p=(0.42, 0.16, 0.14, 0.12, 0.1, 0.03, 0.03))
    return pa.array(np.choose(kind, shapes).tolist())


def _joined(*parts: object) -> np.ndarray:
    text = parts[0]
    for part in parts[1:]:
        text = np.char.add(text, part)
    return text


def _spoil(column: pa.Array, values: tuple[str, ...], rng: np.random.Generator):
    cells = column.to_numpy(zero_copy_only=False).astype(object)
    for value in values:
        cells[rng.random(len(cells)) < 0.002] = value
    return pa.array(cells.tolist())
