"""Slow and obvious versions of fast code: what the tests compare with."""

import itertools
import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from scipy.special import gammaln
from scipy.stats import nbinom

from disclosure_trends.logs.rules.mapping import map_spelling
from disclosure_trends.vocabulary.columns import COLUMNS
from disclosure_trends.vocabulary.reasons import reason_codes

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


# -- cleaning --------------------------------------------------------------------

_CODES = reason_codes()
_REPORTED = [c.name for c in COLUMNS if c.group == "reported"]
_NOTHING = ("rejected", "withdrawn", "expired", "no_data")


def naive_moment(text, *, order=None, zone="UTC"):  # noqa: C901, PLR0911
    """Read one date with the standard library; return it, or a reason, or None."""
    text = text.strip()
    if not text:
        return None
    day = re.fullmatch(
        r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?)?",
        text,
    )
    if day:
        y, m, d, h, i, s, fraction, offset = day.groups()
    else:
        day = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4}) (\d\d):(\d\d)", text)
        if not day:
            return "epoch_number" if re.fullmatch(r"\d{10}", text) else "unparsed_date"
        if order is None:
            return "ambiguous_date"
        first, second, y, h, i = day.groups()
        m, d = (second, first) if order == "dmy" else (first, second)
        s, fraction, offset = "0", None, None
    if h == "24":
        return "nonstandard_time"
    micro = int((fraction or ".")[1:7].ljust(6, "0"))
    try:
        wall = datetime(int(y), int(m), int(d), int(h or 0), int(i or 0), int(s or 0))  # noqa: DTZ001
    except ValueError:
        return "invalid_date"
    wall = wall.replace(microsecond=micro)
    if h is None or offset == "Z":
        return wall.replace(tzinfo=UTC)
    if offset:
        return datetime.fromisoformat(wall.isoformat() + offset).astimezone(UTC)
    try:
        early = wall.replace(tzinfo=ZoneInfo(zone or "UTC"), fold=0).astimezone(UTC)
        late = wall.replace(tzinfo=ZoneInfo(zone or "UTC"), fold=1).astimezone(UTC)
    except (KeyError, ValueError):
        return "ambiguous_timezone"
    if early == late:
        return early
    exists = early.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == wall
    return "ambiguous_local_time" if exists else "nonexistent_local_time"


def _naive_row(raw, *, read, end):  # noqa: C901, PLR0912
    """Judge one row by the rules, one after the other."""
    found, row = set(), {"request_id": raw["request_id"]}
    meant = {
        c: map_spelling(c, raw[c], read=read)
        for c in ("country", "channel", "legal_process", "outcome", "validity")
    }
    for column in ("accounts_requested", "accounts_disclosed"):
        meant[column] = map_spelling(column, raw[column], read=read)
    for one in meant.values():
        found |= {code for n, code in enumerate(_CODES) if one.fault >> n & 1}
    row |= {c: one.number if "accounts" in c else one.value for c, one in meant.items()}
    if not raw["request_id"].strip():
        found.add("missing_request_id")
    for column in ("received_at", "closed_at", "updated_at"):
        moment = naive_moment(
            raw[column], order=read.date_order, zone=raw["source_timezone"].strip()
        )
        if isinstance(moment, str):
            if column != "updated_at":
                found.add(moment)
            moment = None
        elif moment is None and column == "received_at":
            found.add("missing_date")
        row[column] = moment
    received, closed = row["received_at"], row["closed_at"]
    if received and received < datetime(2013, 1, 1, tzinfo=UTC):
        found.add("before_min_date")
    if received and received >= end:
        found.add("future_date")
    if closed and closed >= end:
        row |= {"closed_at": None, "outcome": "pending", "accounts_disclosed": None}
        row["validity"] = "not_assessed"
        closed = None
    if received and closed and closed < received:
        a_day = raw["closed_at"].strip()[11:19] in ("", "00:00:00")
        a_day |= raw["received_at"].strip()[11:19] in ("", "00:00:00")
        tolerated = closed.date() >= received.date() - timedelta(days=1)
        if not (a_day and tolerated):
            found.add("closed_before_received")
    asked, given, outcome = (
        row["accounts_requested"],
        row["accounts_disclosed"],
        row["outcome"],
    )
    if asked is None and not meant["accounts_requested"].fault:
        found.add("missing_count")
    if asked == 0:
        found.add("zero_requested")
    some = outcome in ("disclosed", "partially_disclosed")
    if meant["accounts_disclosed"].number is None and (some or outcome in _NOTHING):
        found |= set() if meant["accounts_disclosed"].fault else {"missing_count"}
    if asked is not None and given is not None and given > asked:
        found.add("disclosed_gt_requested")
    nothing = outcome in ("pending", *_NOTHING)
    if (
        (outcome == "pending" and closed)
        or (nothing and (given or 0) > 0)
        or (some and given == 0)
    ):
        found.add("outcome_conflict")
    row |= {"authority": raw["authority"], "zone": raw["source_timezone"].strip()}
    return row, tuple(code for code in _CODES if code in found)


def naive_clean(raw, *, read, as_of):
    """Clean rows one by one, then rank the versions of each id.

    Returns ids and places of clean and superseded rows, and reasons by place.
    """
    end = datetime.combine(as_of, time(), UTC) + timedelta(days=1)
    judged = [_naive_row(one, read=read, end=end) for one in raw.to_dict("records")]
    quarantined = {n: codes for n, (_, codes) in enumerate(judged) if codes}
    clean, superseded = [], []
    usable = [n for n in range(len(judged)) if n not in quarantined]
    for request_id in dict.fromkeys(judged[n][0]["request_id"] for n in usable):
        places = [n for n in usable if judged[n][0]["request_id"] == request_id]
        kept = []
        for n in places:
            if any(judged[n][0] == judged[m][0] for m in kept):
                quarantined[n] = ("duplicate_exact",)
            else:
                kept.append(n)
        written = {n: judged[n][0]["updated_at"] for n in kept}
        if all(written.values()):
            known = [n for n in kept if written[n] < end]
            best = max(written[n] for n in known) if known else min(written.values())
            superseded += [n for n in kept if written[n] != best]
            kept = [n for n in kept if written[n] == best]
        answers = {tuple(judged[n][0].get(c) for c in _REPORTED) for n in kept}
        if len(answers) > 1:
            quarantined |= dict.fromkeys(kept, ("duplicate_conflict",))
        else:
            clean.append(frozenset(kept))
    return judged, clean, superseded, quarantined


def naive_counts(judged, clean):
    """Count clean rows by country and month in plain loops."""
    counts = {}
    for places in clean:
        row = judged[min(places)][0]
        if row["legal_process"] == "preservation":
            continue
        valid = {"valid": True, "not_assessed": None, None: "outcome"}.get(
            row["validity"], False
        )
        if valid == "outcome":
            valid = {
                "disclosed": True,
                "partially_disclosed": True,
                "no_data": True,
                "preserved": True,
                "transferred": False,
            }.get(row["outcome"])
        key = (row["country"], f"{row['received_at']:%Y-%m}")
        cell = counts.setdefault(key, [0, 0, 0, 0])
        cell[0] += 1
        cell[{True: 1, False: 2, None: 3}[valid]] += 1
    return counts


# -- detection -----------------------------------------------------------------


def mixture_boundaries(n):
    """Ages at which the level may move."""
    cuts, cut = [], 6
    while cut < n - 3:
        cuts.append(cut)
        cut += 6 if cut < 36 else 12
    return cuts


def mixture_columns(n, ahead):
    """Columns by name, and the row of the predicted month, in plain loops."""
    cuts = mixture_boundaries(n)
    turns = list(range(24, n - 12 + 1, 24))

    def row(t):
        age = max(n - 1 - t, 0)
        angle = 2 * np.pi * (t + 1) / 12
        fixed = [1.0, (t - n + 1) / 12, np.cos(angle), np.sin(angle)]
        season = []
        for j in range(2, 6):
            season += [2**0.5 * np.cos(j * angle), 2**0.5 * np.sin(j * angle)]
        season.append(np.cos(np.pi * (t + 1)))
        drift = [float(age >= cut) for cut in cuts]
        turn = []
        for cut in turns:
            turn += [(age >= cut) * np.cos(angle), (age >= cut) * np.sin(angle)]
        return {"F": fixed, "S": season, "R": drift, "T": turn}

    return [row(t) for t in range(n)], row(n - 1 + ahead), cuts, turns


def mixture_start(y, x):
    """Three robust Poisson fits, then the form of the variance."""
    sd = np.array([1e3, 0.25, 1.0, 1.0])
    weight = np.ones(len(y))
    for step in range(3):
        mu = y + 0.1
        eta = np.log(mu)
        old = np.full(4, np.inf)
        for _ in range(8):
            a = x.T @ ((weight * mu)[:, None] * x) + np.diag(1 / sd**2)
            b = np.linalg.solve(a, x.T @ (weight * mu * (eta + (y - mu) / mu)))
            eta = np.clip(x @ b, -12, 25)
            mu = np.exp(eta)
            if np.abs(b - old).max() < 1e-5:
                break
            old = b
        if step == 2:
            break
        lev = weight * mu * np.einsum("ij,jk,ik->i", x, np.linalg.inv(a), x)
        pearson = weight * (y - mu) ** 2 / mu / np.maximum(1 - lev, 0.05)
        phi = max(pearson.sum() / weight.sum(), 1.0)
        anscombe = 1.5 * (y ** (2 / 3) * mu ** (-1 / 6) - np.sqrt(mu)) / np.sqrt(phi)
        weight = np.where(anscombe > 2.58, (2.58 / np.maximum(anscombe, 2.58)) ** 2, 1)
    df = weight.sum() - 4
    phi = max(1.0, (weight * (y - mu) ** 2 / mu).sum() / df)
    centre = np.exp(np.log(mu).mean())
    low, high = 1.0, 1 + 20 * phi
    for _ in range(20):
        middle = (low + high) / 2
        spread = mu * (1 + (middle - 1) * mu / centre)
        if (weight * (y - mu) ** 2 / spread).sum() > df:
            low = middle
        else:
            high = middle
    rising = (low + high) / 2
    gain = log_negative_binomial(y, mu, 1 + (rising - 1) * mu / centre)
    gain = gain - log_negative_binomial(y, mu, phi * np.ones_like(mu))
    proportional = (weight * gain).sum() > 1.5 and phi > 1.02
    return mu, (rising if proportional else phi), centre, proportional


def log_negative_binomial(y, mean, ratio):
    ratio = np.maximum(ratio, 1 + 1e-6)
    size = mean / (ratio - 1)
    return (
        gammaln(y + size)
        - gammaln(size)
        - gammaln(y + 1)
        - size * np.log(ratio)
        + y * np.log((ratio - 1) / ratio)
    )


def mixture_predictive(y, *, ahead=2):  # noqa: C901, PLR0915  one long recipe
    """Tail and mean of the calibrated monthly baseline, one model at a time."""
    y = np.asarray(y, float)
    n = len(y)
    rows, new, cuts, turns = mixture_columns(n, ahead)
    age = np.arange(n)[::-1]
    x_fixed = np.array([row["F"] for row in rows])
    mu, phi, centre, proportional = mixture_start(y, x_fixed)
    grow = (lambda m: m / centre) if proportional else np.ones_like
    edges = [0, *cuts, n]
    gaps = [(edges[i + 2] - edges[i]) / 2 for i in range(len(cuts))]
    eta, eps, kappa = np.log(mu), 0.06, 1.0
    models = [(q, s, 0.0) for q in (0, 0.02, 0.04, 0.08) for s in (0, 0.1, 0.3)]
    if turns:
        models += [(0, 0.1, 0.15), (0.04, 0.1, 0.15)]
    for step in range(3):
        mu = np.exp(eta)
        spread = 1 + (phi - 1) * grow(mu)
        h = np.maximum(spread * (max(kappa, 1) if step else 1), 1.005)
        size, sd = mu / (h - 1), np.maximum(np.sqrt(h * mu), 1.5)
        ratios = []
        for k in (2, 3, 5, 8, 12):
            d = k * sd / (h - 1)
            log_ratio = gammaln(y + size + d) - gammaln(size + d)
            log_ratio += gammaln(size) - gammaln(y + size) - d * np.log(h)
            ratios.append(np.exp(np.minimum(log_ratio, 50)))
        tau = 1 / (1 + eps / (1 - eps) * np.mean(ratios, axis=0))
        eps = np.clip((0.06 * 400 + (1 - tau).sum()) / (400 + n), 1e-4, 0.3)
        w = tau * mu * phi / spread
        z = eta + (y - mu) / mu
        df = max(tau.sum() - 4, 2)
        fade = 2.0 ** (-age / 36)
        square = tau * (y - mu) ** 2 / (mu * spread)
        kappa = (fade * square).sum() / (fade * tau).sum() / (square.sum() / tau.sum())
        kappa = np.clip(kappa, 0.8, 3)
        recent = max((fade * tau).sum() ** 2 / (fade**2 * tau).sum() - 4 + 2, 3)
        out = []
        for q, s, r in models:
            parts = ["F"] + ["S"] * (s > 0) + ["R"] * (q > 0) + ["T"] * (r > 0)
            x = np.array([[v for p in parts for v in row[p]] for row in rows])
            x0 = np.array([v for p in parts for v in new[p]])
            pen = [phi / v**2 for v in (1e3, 0.25, 1, 1)]
            pen += [phi / s**2] * 9 if s else []
            pen += [phi / (q**2 * v) for v in gaps] if q else []
            pen += [phi / r**2] * (2 * len(turns)) if r else []
            a = x.T @ (w[:, None] * x) + np.diag(pen)
            right = x.T @ (w * z)
            b = np.linalg.solve(a, right)
            rss = (w * z * z).sum() - b @ right
            prior = np.log((0.5 if q == 0 else 1 / 6) * (0.7 if s == 0 else 0.15))
            prior += np.log(0.3) if r else 0
            shared = -0.5 * np.linalg.slogdet(a)[1] + 0.5 * np.log(pen[4:]).sum()
            shared += prior

            def judge(rss, df=df):
                ph = max((rss + 3) / (df + 2), 1)
                return ph, -0.5 * df * np.log(ph) - 0.5 * rss / ph

            ph, fit = judge(rss)
            lev = x0 @ np.linalg.solve(a, x0)
            var = ph * lev + q**2 * (2 + ahead) + r**2 * (1 / 3 + ahead / 24)
            plain = q == 0 and r == 0 and len(cuts) >= 3
            out.append(
                (shared + fit + (np.log(0.9) if plain else 0), x @ b, x0 @ b, ph, var)
            )
            if plain:
                tried = []
                for cut in cuts:
                    u = (age >= cut) * 1.0
                    solved = np.linalg.solve(a, x.T @ (w * u))
                    c = (w * u * u).sum() - (x.T @ (w * u)) @ solved + phi / 0.25
                    d = ((w * u * z).sum() - (x.T @ (w * u)) @ b) / c
                    ph_u, fit_u = judge(rss - c * d * d)
                    fit_u -= 0.5 * np.log(c * 0.25 / phi)
                    b_u = b - solved * d
                    var_u = ph_u * (lev + (solved @ x0) ** 2 / c)
                    tried.append((fit_u, x @ b_u + u * d, x0 @ b_u, ph_u, var_u))
                mean_fit = np.log(np.mean(np.exp([t[0] for t in tried])))
                best = max(tried, key=lambda t: t[0])
                out.append((shared + mean_fit + np.log(0.1), *best[1:]))
        weights = np.exp(np.array([o[0] for o in out]) - max(o[0] for o in out))
        weights /= weights.sum()
        eta = np.clip(sum(p * o[1] for p, o in zip(weights, out, strict=True)), -12, 25)
        phi = sum(p * o[3] for p, o in zip(weights, out, strict=True))
    mean = np.exp([o[2] for o in out])

    def tail(count):
        total = 0.0
        for node, share in ((-(3**0.5), 1 / 6), (0, 2 / 3), (3**0.5, 1 / 6)):
            for p, m, o in zip(weights, mean, out, strict=True):
                ph = max(1, max(1, o[3] * kappa) * np.exp(node * (2 / recent) ** 0.5))
                g = m / centre if proportional else 1.0
                ratio = max(1 + (ph - 1) * g + m * o[4], 1 + 1e-6)
                total += share * p * nbinom.sf(count - 1, m / (ratio - 1), 1 / ratio)
        return total

    return tail, float(weights @ mean)
