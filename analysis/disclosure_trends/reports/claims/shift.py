"""Claims that nothing shifted: the steps inside and outside a region beside them."""

from disclosure_trends.display import numbers, wording
from disclosure_trends.models.windows.steps import Step, measure_step
from disclosure_trends.reports.claims.basis import Basis, judged_as, unpublished
from disclosure_trends.reports.claims.texts import IN_PART, UNDETERMINED, Claim, Judged
from disclosure_trends.results import Estimate, NotEstimable, Number
from disclosure_trends.vocabulary.countries import country_in_prose
from disclosure_trends.vocabulary.periods import parse_period
from disclosure_trends.vocabulary.regions import COMPLEMENT, describe_region


def judge_no_shift(claim: Claim, basis: Basis) -> Judged:
    """Set the later rise inside and outside the region beside a claim of no shift."""
    after = parse_period(claim.after).words
    steps = [s for s in steps_for(claim, basis) if isinstance(s.ratio, Estimate)]
    if not steps:
        return unpublished(claim, basis, after)
    text, found = say_steps(steps, basis, claim.measure)
    small = all(_is_within(step.ratio, claim.threshold) for step in steps)
    reason = (
        "no step of that size is seen"
        if small
        else "whether the policy did that, fulfilled counts cannot show"
    )
    return judged_as(
        claim,
        IN_PART if small else UNDETERMINED,
        f"{text}; {reason}",
        found,
        figure=" and ".join(_value(step.ratio) for step in steps),
    )


def steps_for(claim: Claim, basis: Basis) -> list[Step]:
    """Measure the step inside and outside the region of a claim."""
    if not basis.series(claim.measure):
        return []
    return [
        measure_step(
            basis.published,
            region=region,
            before=claim.before,
            after=claim.after,
            measure=claim.measure,
        )
        for region in (claim.region, claim.counter_region)
    ]


def say_steps(
    steps: list[Step], basis: Basis, measure: str
) -> tuple[str, dict[str, Number]]:
    """Say how steep the steps are, among the countries that report."""
    said = [_say_step(step, basis, measure) for step in steps]
    after, before = steps[0].after.words, steps[0].before.words
    found: dict[str, Number] = {"after": after, "before": before}
    for _, values in said:
        found |= values
    text = (
        f"Among reporting countries the rate in {after}, against {before}, was "
        f"{' and '.join(words for words, _ in said)}"
    )
    return text, found


def _say_step(step: Step, basis: Basis, measure: str) -> tuple[str, dict[str, Number]]:
    """Say how steep a step is, and how steep without the member that dominates it."""
    found: dict[str, Number] = {
        f"{step.region} ratio": step.ratio,
        f"{step.region} members": step.coverage.observed,
    }
    n = step.coverage.observed
    who = (
        f"{numbers.count(n)} {'country' if n == 1 else 'countries'} "
        f"{describe_region(step.region)}"
        if step.region.startswith(COMPLEMENT)
        else f"{wording.plural(n, 'member')} of {describe_region(step.region)}"
    )
    text = f"{_value(step.ratio)} times as high in {who}"
    if step.largest is not None and n > 1:
        rest = measure_step(
            basis.published,
            region=step.region,
            before=step.before.text,
            after=step.after.text,
            measure=measure,
            without=(step.largest,),
        )
        found[f"{step.region} without"] = rest.ratio
        text += f" ({_value(rest.ratio)} without {country_in_prose(step.largest)})"
    return text, found


def _is_within(ratio: Estimate | NotEstimable, threshold: float) -> bool:
    """Whether a rate rose less than so many times, and fell by less than that too."""
    if not isinstance(ratio, Estimate) or ratio.upper is None:
        return False
    return (ratio.lower or 0.0) > 1 / threshold and ratio.upper < threshold


def _value(ratio: Estimate | NotEstimable) -> str:
    if isinstance(ratio, NotEstimable):
        return "an unknown number of"
    if ratio.value is None:
        return numbers.span(ratio.lower, None, "ratio")
    return numbers.ratio(ratio.value)
