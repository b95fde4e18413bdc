"""When no share is printed, and what is printed instead: the rules R1 to R10.

R7 (a short history) does not refuse: it caps the grade. A refusal says why there is no
number, what would identify one, counted from the log at hand, and what can be said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from disclosure_trends.display import numbers
from disclosure_trends.display.wording import listing, plural
from disclosure_trends.models.attribution.guards import (
    MAX_SPILL,
    MIN_COUNTRIES,
    MIN_HISTORY,
    MIN_NOT_YET,
    MIN_NOT_YET_COUNTRIES,
    MIN_NOT_YET_VOLUME,
    Comparison,
    points,
)
from disclosure_trends.models.panel_cells import MATURE_DAYS, mature_from
from disclosure_trends.results import Number
from disclosure_trends.vocabulary.periods import format_day

_REGISTER: Final = (
    "Or adoption_dates: authority and adopted_on, from the register of those who were "
    "brought onto the line."
)
RULES: Final = ("R1", "R2", "R3", "R4", "R5", "R6", "R8", "R9", "R10")
_MANY_MONTHS: Final = 3
_HEAD: Final = "How much of the change in valid requests is due to the line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a share is not printed.

    Attributes
    ----------
    rule : str
        ``R1`` to ``R10``.
    sentence : str
        The refusal, at most 160 characters.
    why : str
        Why there is no number.
    identify : tuple of str
        What would identify it, from the log at hand.
    instead : str
        What can be said instead.
    figures : mapping
        The numbers of these sentences by name.
    """

    rule: str
    sentence: str
    why: str
    identify: tuple[str, ...]
    instead: str = ""
    figures: Mapping[str, Number] = field(default_factory=dict)


def refuse_totals(
    *,
    false_claims: float | None,
    runs: int | None,
    instead: str,
    figures: Mapping[str, Number],
) -> Refusal:
    """R1: totals hold neither authorities nor lines.

    Parameters
    ----------
    false_claims : float, optional
        How often a contrast of totals claimed an effect that was none.
    runs : int, optional
        In so many simulated logs.
    instead : str
        What the totals do say.
    figures : mapping
        The numbers of that sentence.

    Returns
    -------
    Refusal
        With the columns that a log would need.
    """
    why = "The data hold totals by region and period, with no authority and no line."
    numbered = _needs()
    if false_claims is not None and runs is not None:
        why += (
            f" In {numbers.count(runs)} simulated logs in which the line did nothing "
            "and demand rose in one region only, a comparison of totals claimed an "
            f"effect in {numbers.percent(false_claims)} of them."
        )
        numbered |= {"simulated_logs": runs, "false_claims_of_totals": false_claims}
    return Refusal(
        rule="R1",
        sentence=f"{_HEAD} cannot be determined from totals.",
        why=why,
        identify=(
            "One row a request, with the columns authority, channel, received_at and "
            "validity (or outcome), and validated_at or closed_at.",
            f"{MIN_HISTORY} months before the first move to the line.",
            f"In every month of both windows {MIN_NOT_YET} authorities of "
            f"{MIN_NOT_YET_COUNTRIES} countries that had not moved.",
        ),
        instead=instead,
        figures={**numbered, **figures},
    )


def refuse_unnamed() -> Refusal:
    """R1: a log that names no authority is a list of totals by country."""
    return Refusal(
        rule="R1",
        sentence=f"{_HEAD} cannot be determined: no request names its authority.",
        why=(
            "Who moved to the line, and who had not, is seen by authority only; "
            "without it the log is a list of totals by country."
        ),
        identify=("The column authority: the body that filed, or a pseudonym of it.",),
        instead="What changed in volume and validity; not why.",
    )


def refuse_unlogged(months: tuple[str, ...]) -> Refusal:
    """R2: months of the windows lie outside what was logged, so nobody is in them."""
    which = listing(months)
    if len(months) > _MANY_MONTHS:
        which = f"{len(months)} months from {months[0]} to {months[-1]}"
    return Refusal(
        rule="R2",
        sentence=f"{_HEAD} cannot be determined: the log does not reach that far.",
        why=(
            f"The log holds no request of {which} from anywhere. A month "
            "that was not logged is not a month without requests."
        ),
        identify=(f"The requests of {which}, or windows within what was logged.",),
        instead="Nothing: a window is not known.",
        figures={"unlogged_months": len(months)},
    )


def refuse_no_route(*, recorded: bool) -> Refusal:
    """R1: a log without lines and without a register holds no adoption."""
    cause = "no line and no move is known" if recorded else "channel is not recorded"
    return Refusal(
        rule="R1",
        sentence=f"{_HEAD} cannot be determined: {cause}.",
        why=(
            "No request of the region is known to have come on a designated line or "
            "beside one, and no date of adoption names an authority of the region, so "
            "that the log is a list of totals by authority."
        ),
        identify=(
            "The column channel, and a line that is designated for the region (or "
            "designated, which names it): from these moves can be dated.",
            _REGISTER,
        ),
        instead="What changed in volume and validity; not why.",
    )


def refuse_too_few(
    comparison: Comparison, *, shorter: tuple[str, str] | None
) -> Refusal:
    """R2: nobody, or too few, had not adopted in a month of the windows."""
    at = comparison.worst
    return Refusal(
        rule="R2",
        sentence=f"{_HEAD} cannot be determined: too few authorities had not moved.",
        why=(
            f"{_waiting(comparison)} What would have come without the line is learnt "
            "from those who had not moved."
        ),
        identify=tuple(_missing(comparison)),
        instead=say_shorter(shorter, otherwise="What changed, without its cause."),
        figures=_needs()
        | {
            "not_yet_authorities": int(comparison.authorities[at]),
            "not_yet_countries": int(comparison.countries[at]),
            "not_yet_volume": float(comparison.volume[at]),
        },
    )


def refuse_joint(comparison: Comparison, *, days: tuple[str, ...]) -> Refusal:
    """R3: a policy in the same months, and nobody to tell the two apart."""
    return Refusal(
        rule="R3",
        sentence=f"{_HEAD} and how much to the policy cannot be told apart.",
        why=(
            f"A policy changed on {listing(days)}, within the windows, and "
            f"{_waiting(comparison, begin=False)} A policy that hits all alike can be "
            "told apart from adoption only by those who had not moved."
        ),
        identify=tuple(_missing(comparison)),
        instead="Adoption and policy jointly: the whole change.",
        figures=_needs(),
    )


def refuse_line_policy(*, days: tuple[str, ...], p_value: float | None) -> Refusal:
    """R4: the platform changed what is valid on the correct line only."""
    if days:
        why = f"A policy for the line alone began on {listing(days)}."
    else:
        why = (
            "For authorities on the line in both windows validity changed on the line "
            "and not beside it, by more than chance: the line changed, and not they."
        )
    return Refusal(
        rule="R4",
        sentence=f"{_HEAD} and how much to a policy for that line is not separable.",
        why=why,
        identify=(
            "The requests of both windows assessed by one rule: column validity anew.",
            "Or two windows on the same side of the policy.",
        ),
        instead="The line and its policy jointly, as the description has it.",
        figures={} if p_value is None else {"line_p_value": p_value},
    )


def refuse_fulfilled_only() -> Refusal:
    """R5: only fulfilled requests are in the log."""
    return Refusal(
        rule="R5",
        sentence=f"{_HEAD} cannot be determined from fulfilled requests alone.",
        why=(
            "Every request in the log was disclosed. What was submitted and not "
            "fulfilled is missing, and fulfilled is not valid."
        ),
        identify=("All requests that were received, with outcome and refusal_ground.",),
        instead="How fulfilled requests changed.",
    )


def refuse_unassessed() -> Refusal:
    """R5: the log does not say which requests were valid."""
    return Refusal(
        rule="R5",
        sentence=f"{_HEAD} cannot be determined: no request is known to be valid.",
        why="Neither validity nor an outcome that implies it is recorded.",
        identify=("The column validity, or outcome with refusal_ground.",),
        instead="How submitted requests changed.",
    )


def refuse_unripe(
    months: tuple[str, ...], *, shorter: tuple[str, str] | None
) -> Refusal:
    """R6: a month is too young for its requests to have been decided."""
    ripe = [f"{month} on {format_day(mature_from(month))}" for month in months]
    return Refusal(
        rule="R6",
        sentence=f"{_HEAD} cannot be determined yet: {months[-1]} is not decided.",
        why=(
            f"A request counts as valid if found so within {MATURE_DAYS} days. Those "
            f"of {listing(months)} have not all had that long."
        ),
        identify=(f"A log that reaches further: {listing(ripe)}.",),
        instead=say_shorter(shorter, otherwise="Nothing before that day."),
        figures={"mature_days": MATURE_DAYS, "matures": ripe[-1]},
    )


def refuse_undecided(
    month: str, *, rise: float, dated: bool, shorter: tuple[str, str] | None
) -> Refusal:
    """R6: the log was cut before its last month was decided, whatever its date says."""
    within = f" within {MATURE_DAYS} days" if dated else ""
    return Refusal(
        rule="R6",
        sentence=f"{_HEAD} cannot be determined: {month} is not decided in this log.",
        why=(
            f"In {month} the share of requests not decided{within} is "
            f"{points(rise)} points above that of the months before."
        ),
        identify=(
            f"A log written at least {MATURE_DAYS} days after the end of {month}."
            if dated
            else f"The day of each decision, validated_at or closed_at, or a log in "
            f"which {month} is decided as the months before are.",
        ),
        instead=say_shorter(shorter, otherwise="What is known so far, and no share."),
        figures={"mature_days": MATURE_DAYS, "undecided_rise": rise},
    )


def refuse_few_countries(n: int) -> Refusal:
    """R8: too few countries to leave out one at a time."""
    return Refusal(
        rule="R8",
        sentence=f"{_HEAD} cannot be determined from so few countries.",
        why=(
            "Uncertainty is read off by leaving out one country at a time; "
            f"{MIN_COUNTRIES} are needed, and there are {n}."
        ),
        identify=(f"{plural(MIN_COUNTRIES - n, 'more country', 'more countries')}.",),
        instead="What changed, as a description.",
        figures={"countries": n, "countries_needed": MIN_COUNTRIES},
    )


def refuse_spill_over(rise: float) -> Refusal:
    """R9: those who had not adopted are reached through those who had."""
    return Refusal(
        rule="R9",
        sentence=f"{_HEAD} cannot be determined: others filed through those who moved.",
        why=(
            "The share on the line of authorities that had not moved rose by "
            f"{points(rise)} points; more than {points(MAX_SPILL)} say that a central "
            "authority files for them, so that they show no world without the line."
        ),
        identify=(
            "The column authority naming the body that filed, so that those who file "
            "through one hub count as one.",
        ),
        instead="A lower bound at most; what changed, as a description.",
        figures={"spill_over": rise, "spill_over_limit": MAX_SPILL},
    )


def refuse_first_use(*, movers: int | None) -> Refusal:
    """R10: dates of first use select on having filed at all."""
    choices = ["The registered day on which each authority was brought onto the line."]
    if movers is not None:
        choices.append(
            "Or no adoption_dates at all: the channel is recorded, and the routing of "
            f"{plural(movers, 'authority', 'authorities')} has a change point."
        )
    return Refusal(
        rule="R10",
        sentence=f"{_HEAD} cannot be determined from dates of first use.",
        why=(
            "A stray early request dates a move too early: with dates of first use "
            "noise grows several times and effects are claimed that are none."
        ),
        identify=tuple(choices),
        instead="What changed, as a description.",
        figures={} if movers is None else {"change_points": movers},
    )


def say_shorter(shorter: tuple[str, str] | None, *, otherwise: str) -> str:
    """Name the shorter windows that would be identified, if there are any."""
    if shorter is None:
        return otherwise
    return f"Shorter windows are identified: before={shorter[0]}, after={shorter[1]}."


def _waiting(comparison: Comparison, *, begin: bool = True) -> str:
    at = comparison.worst
    who = plural(int(comparison.authorities[at]), "authority", "authorities")
    where = plural(int(comparison.countries[at]), "country", "countries")
    share = numbers.percent(float(comparison.volume[at]))
    text = (
        f"in {comparison.months[at]} {who} of {where} had not moved, with {share} of "
        f"the requests; {MIN_NOT_YET} authorities of {MIN_NOT_YET_COUNTRIES} "
        "countries with "
        f"{numbers.percent(MIN_NOT_YET_VOLUME)} are needed."
    )
    return text[0].upper() + text[1:] if begin else text


def _missing(comparison: Comparison) -> list[str]:
    """Say month by month how many more are needed, worst first, three at most."""
    lines = []
    bad = [i for i, enough in enumerate(comparison.sufficient) if not enough]
    for i in sorted(bad, key=lambda i: int(comparison.authorities[i]))[:3]:
        needs = []
        if (more := MIN_NOT_YET - int(comparison.authorities[i])) > 0:
            needs.append(plural(more, "more authority", "more authorities"))
        if (more := MIN_NOT_YET_COUNTRIES - int(comparison.countries[i])) > 0:
            needs.append(plural(more, "more country", "more countries"))
        if comparison.volume[i] < MIN_NOT_YET_VOLUME:
            share = numbers.percent(MIN_NOT_YET_VOLUME)
            needs.append(f"{share} of the requests")
        lines.append(
            f"Not yet on the line in {comparison.months[i]}: {listing(needs)}."
        )
    return lines


def _needs() -> dict[str, Number]:
    return {
        "needed_months": MIN_HISTORY,
        "needed_authorities": MIN_NOT_YET,
        "needed_countries": MIN_NOT_YET_COUNTRIES,
        "needed_volume": MIN_NOT_YET_VOLUME,
    }
