"""Claims of a cause, which totals never decide, and of a policy, which dates do."""

import pandas as pd

from disclosure_trends.display import wording
from disclosure_trends.reports.claims.basis import Basis, judged_as
from disclosure_trends.reports.claims.texts import (
    CONTRADICTED,
    IN_PART,
    SUPPORTED,
    UNDETERMINED,
    Claim,
    Judged,
    Verdict,
)
from disclosure_trends.results import Number
from disclosure_trends.vocabulary.events import MOVING_KINDS, load_events
from disclosure_trends.vocabulary.periods import Window, format_day, parse_period


def judge_cause(claim: Claim, basis: Basis) -> Judged:
    """Totals identify no cause; only a request log can."""
    from disclosure_trends.models.attribution.attribute import attribute_uptick
    from disclosure_trends.reports.claims.log import judge_attribution

    if basis.log is not None:
        return judge_attribution(claim, basis.log)
    refused = attribute_uptick(
        basis.published, region=claim.region, before=claim.before, after=claim.after
    )
    window = Window(parse_period(claim.before).start, parse_period(claim.after).end)
    events = load_events(
        region=claim.region,
        kinds=MOVING_KINDS,
        platform=basis.published.platform,
        as_of=basis.as_of,
    )
    start, end = pd.Timestamp(window.start), pd.Timestamp(window.end)
    n = int(((events["date"] <= end) & (events["date_to"] >= start)).sum())
    rule = refused.refused or ""
    text = "Totals do not show which line a request came by"
    found: dict[str, Number] = {"rule": rule}
    if n:
        text += (
            f", and {wording.plural(n, 'dated event')} that could move the count "
            f"{'lies' if n == 1 else 'lie'} in {window.words}"
        )
        found |= {"events": n, "window": window.words}
    found["share"] = refused.estimates["share"]
    return judged_as(claim, UNDETERMINED, text, found, would_decide=claim.needs)


def judge_policy(claim: Claim, basis: Basis) -> Judged:
    """Read from the dated policies since when, and for whom, disclosure was allowed."""
    # A policy is dated, published figures or not: an empty file names no platform.
    platform = basis.published.platform or claim.platform
    policies = load_events(kinds=("policy",), platform=platform, as_of=basis.as_of)
    policies = policies[(policies["scope"] == "platform") & (policies["allows"] != "")]
    since = parse_period(claim.before, name="before")
    if policies.empty:
        text = f"No dated policy of {platform} is known by {basis.day}"
        return judged_as(claim, UNDETERMINED, text, {"as_of": basis.day})
    first = policies.iloc[0]
    begun = format_day(first["date"].date())
    text = f"The policy has allowed it since {begun}"
    found: dict[str, Number] = {"since": begun}
    if first["date"] > pd.Timestamp(since.end):
        verdict: Verdict = CONTRADICTED
    elif first["allows"] == claim.subject:
        verdict = SUPPORTED
    else:
        verdict = IN_PART
        changed = policies[policies["allows"] == claim.subject]
        until = ""
        if not changed.empty:
            day = format_day(changed.iloc[0]["date"].date())
            found["changed"] = day
            until = f" until {day}"
        text += f";{until} it named {first['allows']} only"
    return judged_as(claim, verdict, text, found, figure=begun)
