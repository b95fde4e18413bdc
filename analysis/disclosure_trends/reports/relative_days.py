"""Days of knowledge that a scheduler names by their place in the calendar."""

from datetime import date, timedelta

from disclosure_trends.vocabulary.periods import parse_as_of


def resolve_day(text: str, *, today: date) -> date:
    """Resolve a day of knowledge.

    Parameters
    ----------
    text : str
        ``2024-12-31``, ``last-month-end`` or ``last-quarter-end``.
    today : datetime.date
        The day from which the last two are counted back; it belongs to the month and
        quarter that are not over.

    Returns
    -------
    datetime.date
        The day meant.

    Raises
    ------
    PeriodError
        If the text is none of these.
    """
    months = {
        "last-month-end": today.month,
        "last-quarter-end": (today.month - 1) // 3 * 3 + 1,
    }
    if text not in months:
        return parse_as_of(text, name="--as-of")
    return today.replace(month=months[text], day=1) - timedelta(days=1)
