"""The rules that judge a claim: each computes a verdict, none holds one."""

from collections.abc import Callable, Mapping
from typing import Final

from disclosure_trends.reports.claims.basis import Basis
from disclosure_trends.reports.claims.cause import judge_cause, judge_policy
from disclosure_trends.reports.claims.count import judge_count
from disclosure_trends.reports.claims.rise import judge_rise
from disclosure_trends.reports.claims.shift import judge_no_shift
from disclosure_trends.reports.claims.texts import Claim, Judged

RULES: Final[Mapping[str, Callable[[Claim, Basis], Judged]]] = {
    "count": judge_count,
    "rise": judge_rise,
    "attribution": judge_cause,
    "policy": judge_policy,
    "no_shift": judge_no_shift,
}


def judge_claim(claim: Claim, basis: Basis) -> Judged:
    """Judge one claim by its rule."""
    return RULES[claim.rule](claim, basis)
