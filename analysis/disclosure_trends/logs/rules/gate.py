"""The gate: whether a log may be reported on, and what a reader must know of it."""

from typing import Final

from disclosure_trends.display.numbers import count, percent_short
from disclosure_trends.logs.ledger import Ledger, Tally
from disclosure_trends.results import Check

_MUCH_TOO_EARLY: Final = 0.01


def check_ledger(ledger: Ledger) -> tuple[Check, ...]:
    """Look at the account of a log before its rows are given out.

    Parameters
    ----------
    ledger : Ledger
        The account.

    Returns
    -------
    tuple of Check
        ``quarantine_share`` fails where all records, or more than the allowed share,
        were set aside; records whose only fault is to come after ``as_of`` do not
        count. ``min_date`` and ``no_requests`` stand only where they say something.
    """
    total = ledger.total
    checks = [_check_share(ledger)]
    early = total.by_reason.get("before_min_date", 0)
    if early > _MUCH_TOO_EARLY * total.records:
        text = (
            f"{count(early)} of {count(total.records)} records "
            f"({percent_short(early / total.records)}) are before min_date; set "
            "min_date in the read options if the log is older."
        )
        checks.append(Check(name="min_date", passed=None, text=text))
    if not total.records:
        text = "The log holds no requests."
        checks.append(Check(name="no_requests", passed=None, text=text))
    return tuple(checks)


def _check_share(ledger: Ledger) -> Check:
    total = ledger.total
    allowed = max((f.max_quarantine_share for f in ledger.files.values()), default=0.2)
    counted = total.records - total.only_future
    faulty = total.quarantined - total.only_future
    share = faulty / counted if counted else 0.0
    nothing_left = total.records > 0 and total.clean == 0
    later = f", beside {count(total.only_future)} received after as_of"
    text = (
        f"{percent_short(share)} of the records were quarantined"
        f"{later if total.only_future else ''}."
    )
    if nothing_left:
        text = f"All {count(total.records)} rows quarantined: {_reasons(total)}."
    elif share > allowed:
        text = (
            f"{count(faulty)} of {count(counted)} records ({percent_short(share)}) "
            f"were quarantined: {_reasons(total)}; allowed are "
            f"{percent_short(allowed)}; correct the source, declare what it cannot "
            "prove, or raise max_quarantine_share."
        )
    passed = not nothing_left and share <= allowed
    return Check(name="quarantine_share", passed=passed, text=text)


def _reasons(total: Tally) -> str:
    return ", ".join(f"{code} {count(n)}" for code, n in total.by_reason.items())
