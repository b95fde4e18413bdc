"""Slow and obvious versions of fast code: what the tests compare with."""

import itertools

import numpy as np

# -- attribution ---------------------------------------------------------------


def impute_by_authority(
    counts: np.ndarray, adopted: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Iterative proportional fitting in plain loops over the formulas."""
    known = np.arange(counts.shape[1])[None, :] < adopted[:, None]
    history = (known * counts).sum(axis=1)
    alpha = history / np.maximum(known.sum(axis=1), 1)
    for _ in range(400):
        above = (weight[:, None] * known * counts).sum(axis=0)
        gamma = above / (weight[:, None] * known * alpha[:, None]).sum(axis=0)
        exposure = (known * gamma[None, :]).sum(axis=1)
        renewed = np.where(exposure > 0, history / np.maximum(exposure, 1e-300), 0)
        both = (renewed > 0) & (alpha > 0)
        moved = np.abs(np.log(renewed[both] / alpha[both])).max()
        alpha = renewed
        if moved < 1e-6:
            break
    return alpha[:, None] * gamma[None, :]


# -- simulation ----------------------------------------------------------------


def slow_truth(world, *, before: tuple[int, ...], after: tuple[int, ...]) -> dict:
    """Work the true attribution out cell by cell, from the drawn parameters."""
    leaked_validity = 0.75
    sums = {}
    for name, months in (("before", before), ("after", after)):
        with_it = without = extra = demand = 0.0
        for a in range(len(world.region)):
            if world.region[a] != "EU":
                continue
            for t in months:
                on, off = world.valid_on[a, t], world.valid_off[a, t]
                share, stray = world.share[a, t], world.share_without[a, t]
                leak = world.leak[a, t]
                elsewhere = (1 - leak) * off + leak * leaked_validity
                old = stray * on + (1 - stray) * off
                with_it += world.demand[a, t] * (share * on + (1 - share) * elsewhere)
                without += world.demand_without[a, t] * old
                extra += (world.demand[a, t] - world.demand_without[a, t]) * old
                demand += world.demand_without[a, t]
        sums[name] = (with_it, without, extra, demand)
    (v2, w2, e2, n2), (v3, w3, e3, n3) = sums["before"], sums["after"]
    change, adoption, induced = v3 - v2, (v3 - w3) - (v2 - w2), e3 - e2
    weight = (w3 - w2) / np.log(w3 / w2)
    return {
        "change": change,
        "share": adoption / change,
        "share_rerouted": (adoption - induced) / change,
        "share_induced": induced / change,
        "demand": weight * np.log(n3 / n2),
        "validity": weight * np.log((w3 / n3) / (w2 / n2)),
    }


# -- windows -------------------------------------------------------------------


def counts_by_trying_all(cells, *, n_days: int, highest: int):
    """Every way to put counts on days that agrees with all published cells.

    `cells` are `(first day, last day, lower, upper)` with days from 0.
    """
    from itertools import product

    for split in product(range(highest + 1), repeat=n_days):
        if all(low <= sum(split[a : b + 1]) <= high for a, b, low, high in cells):
            yield split


# -- decomposition -------------------------------------------------------------


def shapley_by_orders(value, before: list, after: list) -> list[float]:
    """Average each player's effect over all orders in which they could change."""
    effects = [0.0] * len(before)
    orders = list(itertools.permutations(range(len(before))))
    for order in orders:
        state = list(before)
        for player in order:
            old = value(*state)
            state[player] = after[player]
            effects[player] += (value(*state) - old) / len(orders)
    return effects


def decompose_authority(counts: dict[str, list]) -> list[float]:
    """Volume, routing and validity of one authority, straight from the definition.

    `counts` holds `lines` and `valid`, each [before, after] of [on, off, unknown].
    """
    volume = [sum(lines) for lines in counts["lines"]]
    share = [
        [n / total if total else None for n in lines]
        for lines, total in zip(counts["lines"], volume, strict=True)
    ]
    rate = [
        [v / n if n else None for v, n in zip(valid, lines, strict=True)]
        for valid, lines in zip(counts["valid"], counts["lines"], strict=True)
    ]
    for table in (share, rate):
        for line in range(3):
            if table[0][line] is None:
                table[0][line] = table[1][line] or 0.0
            if table[1][line] is None:
                table[1][line] = table[0][line] or 0.0

    def valid(n, s, p):
        return n * sum(a * b for a, b in zip(s, p, strict=True))

    return shapley_by_orders(
        valid, [volume[0], share[0], rate[0]], [volume[1], share[1], rate[1]]
    )


# -- adoption ------------------------------------------------------------------


def kaplan_meier(months: list[int], moved: list[bool], *, n_months: int) -> list[float]:
    """Cumulative share that has moved, counted month by month."""
    unmoved, shares = 1.0, []
    for now in range(n_months):
        at_risk = sum(month >= now for month in months)
        left = sum(m == now and did for m, did in zip(months, moved, strict=True))
        if at_risk:
            unmoved *= 1 - left / at_risk
        shares.append(1 - unmoved)
    return shares
