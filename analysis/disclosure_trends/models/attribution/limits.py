"""What an attribution does not show, and the words it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from disclosure_trends.results import Limit, Word

if TYPE_CHECKING:
    from disclosure_trends.models.attribution.attribute import AttributionResult

WORDS: Final = (
    Word(
        "Right line",
        "A channel that is designated for the authority on the day of receipt.",
    ),
    Word(
        "Re-routed",
        "Requests that would have been made anyway and were valid because they came on "
        "the right line.",
    ),
    Word(
        "Induced or selected",
        "Requests beyond the expected after a move, whatever the reason.",
    ),
    Word(
        "Grade",
        "A to D: what the log allows. C is a range without a point, D a description.",
    ),
    Word(
        "Not yet moved",
        "Authorities of the region before their move; they show what would have come "
        "without the line.",
    ),
)


def limits(result: AttributionResult) -> tuple[Limit, ...]:
    """Say what an attribution does not show."""
    rows = [
        Limit(
            "That the line created new demand",
            "Extra requests after a move may be the choice of authorities that were "
            "about to file more, or requests that were lost on a line nobody read and "
            "are in no log. The report gives a range, not a point.",
        ),
        Limit(
            "Other authorities",
            "The estimate is for the authorities that moved. It is no forecast for "
            "those who have not.",
        ),
    ]
    if result.evidence == "simulated":
        text = "The log is invented. A simulated finding says nothing of a real claim."
        rows.append(Limit("Anything real", text))
    return tuple(rows)
