"""The words of a messy export: every value in several spellings, and some nonsense."""

import csv
import io
from functools import cache

import numpy as np
from numpy.typing import NDArray

from disclosure_trends.resources import vocabulary_text

Texts = NDArray[np.object_]
_Spellings = dict[str, tuple[tuple[str, ...], NDArray[np.float64]]]


def spell(column: str, values: Texts, *, rng: np.random.Generator) -> Texts:
    """Replace canonical values by spellings that mean the same.

    Parameters
    ----------
    column : str
        Column of the table of spellings.
    values : ndarray of str
        Canonical values; those without spellings stay as they are.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    ndarray of str
        Spellings, the usual ones most often.
    """
    table = _table()[column]
    present, code = np.unique(values.astype(str), return_inverse=True)
    rows = [table.get(str(value), ((str(value),), np.ones(1))) for value in present]
    width = max(len(spellings) for spellings, _ in rows)
    texts: Texts = np.full((present.size, width), "", dtype=object)
    cuts = np.full((present.size, width), 2.0)
    for n, (spellings, chance) in enumerate(rows):
        texts[n, : len(spellings)] = spellings
        cuts[n, : len(spellings) - 1] = np.cumsum(chance)[:-1]
    pick = (rng.random(code.size)[:, None] >= cuts[code]).sum(axis=1)
    spelled: Texts = texts[code, np.minimum(pick, width - 1)]
    return spelled


def words(column: str, size: int, *, rng: np.random.Generator) -> Texts:
    """Draw words of a column that has no canonical values.

    Parameters
    ----------
    column : str
        Column of the table of spellings.
    size : int
        How many.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    ndarray of str
        Words, the usual ones most often.
    """
    choices, chance = _table()[column][""]
    return np.array(choices, dtype=object)[
        rng.choice(len(choices), size=size, p=chance)
    ]


@cache
def _table() -> dict[str, _Spellings]:
    """Read the table: column, canonical value, spellings and their chances."""
    raw: dict[str, dict[str, list[tuple[str, float]]]] = {}
    text = vocabulary_text("simulated_spellings.csv")
    for row in csv.DictReader(io.StringIO(text)):
        entry = (row["spelling"], float(row["weight"]))
        raw.setdefault(row["column"], {}).setdefault(row["value"], []).append(entry)
    return {
        column: {
            value: (
                tuple(word for word, _ in entries),
                np.array([w for _, w in entries]) / sum(w for _, w in entries),
            )
            for value, entries in values.items()
        }
        for column, values in raw.items()
    }
