"""Claims that somebody made: their texts, and the questions they hang on."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

from disclosure_trends.resources import shipped_path
from disclosure_trends.results import Finding
from disclosure_trends.vocabulary.periods import parse_as_of

Verdict = Literal[
    "supported",
    "supported in part",
    "contradicted",
    "cannot be determined from these data",
]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
SUPPORTED, IN_PART, CONTRADICTED, UNDETERMINED = VERDICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim, and the parameters of the rule that judges it.

    Attributes
    ----------
    claim, text, said_on, source_url
        Its id, what was said, when and where.
    question, rule
        What it hangs on, and the rule that answers that.
    platform
        Whom it was said of.
    region, counter_region
        Of whom the count is, and whom it is compared with.
    measure, proxy
        The measure that the claim names, and the one that stands in for it where it
        is not published.
    before, after
        Windows; one of them may be empty.
    operator, threshold, tolerance
        `>`, `<` or `nearly` a number; `tolerance` is a share of it.
    subject
        Whose data the claim speaks of.
    needs
        The data that would decide it.
    """

    claim: str
    text: str
    said_on: date
    source_url: str
    question: str
    rule: str
    platform: str
    region: str
    counter_region: str
    measure: str
    proxy: str
    before: str
    after: str
    operator: str
    threshold: float
    tolerance: float
    subject: str
    needs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A claim with what was found.

    Attributes
    ----------
    claim
        What was judged.
    verdict
        One of the four verdicts.
    finding
        The sentence and numbers that the verdict rests on.
    figure
        The number beside the verdict, as text; empty where there is none.
    would_decide
        The data that would decide it.
    bounds, spark
        Ends of a range, and the parts of a count, for a small picture.
    """

    claim: Claim
    verdict: Verdict
    finding: Finding
    figure: str
    would_decide: str
    bounds: tuple[float | None, float | None] | None = None
    spark: tuple[float, ...] = ()


def read_claims() -> tuple[Claim, ...]:
    """Read the claims that ship with the package."""
    text = shipped_path("data/published/claims.csv").read_text(encoding="utf-8")
    return tuple(_claim(row) for row in csv.DictReader(io.StringIO(text)))


def _claim(row: dict[str, str]) -> Claim:
    words = {
        key: value
        for key, value in row.items()
        if key not in {"said_on", "threshold", "tolerance"}
    }
    return Claim(
        **words,
        said_on=parse_as_of(row["said_on"], name="said_on"),
        threshold=float(row["threshold"] or 0),
        tolerance=float(row["tolerance"] or 0),
    )
