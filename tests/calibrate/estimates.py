"""Coverage of dates, growth, forecasts and nowcasts on simulated series.

Run all with `python -m tests.calibrate estimates`; a part with
`python -m tests.calibrate.estimates dates 100`.
"""

import sys
import time
from itertools import product

import numpy as np
import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.models.change_point import NOISE
from disclosure_trends.models.nowcast import nowcast_counts
from disclosure_trends.models.step_posterior import step_posterior
from disclosure_trends.models.trend.fit import fit_trend
from disclosure_trends.models.trend.forecast import track_record
from disclosure_trends.simulate.outbreaks import draw_series
from disclosure_trends.simulate.series import simulate_counts

SEED = 20241125
# Mean width of the reference sets, 36 settings without trend and season: base, ratio
# -> months for (24, 1), (24, 3), (36, 1), (36, 3) periods and dispersion.
REFERENCE = {
    (20, 1.3): (13.4, 16.1, 16.4, 23.9),
    (20, 1.5): (6.6, 12.8, 5.8, 16.3),
    (20, 2.0): (1.5, 5.1, 1.5, 4.3),
    (70, 1.3): (4.6, 11.2, 3.8, 13.1),
    (70, 1.5): (1.6, 4.8, 1.5, 4.3),
    (70, 2.0): (1.0, 1.4, 1.0, 1.3),
    (800, 1.3): (1.0, 1.2, 1.0, 1.1),
    (800, 1.5): (1.0, 1.0, 1.0, 1.0),
    (800, 2.0): (1.0, 1.0, 1.0, 1.0),
}
SHAPES = ((24, 1), (24, 3), (36, 1), (36, 3))
# Series without a change: trend a year, amplitude of the season, autocorrelation.
QUIET = {
    "level": (0.0, 0.0, 0.0),
    "season": (0.0, 0.2, 0.0),
    "trend and season": (0.15, 0.2, 0.0),
    "fast trend": (0.3, 0.0, 0.0),
    "carried over": (0.0, 0.0, 0.3),
}


def say(text):
    """Print at once, so that a long run shows where it is."""
    print(text, flush=True)  # noqa: T201


def negative_binomial(mean, phi, rng):
    if phi == 1:
        return rng.poisson(mean).astype(float)
    return rng.negative_binomial(mean / (phi - 1), 1 / phi).astype(float)


def dates(runs=100):
    """Coverage and width of date sets, with and without trend and season."""
    for trend, wave in ((0.0, 0.0), (0.15, 0.2)):
        worst, widest, ratios = (1.0, ""), (0.0, ""), []
        for (base, ratio), widths in REFERENCE.items():
            for (n, phi), width in zip(SHAPES, widths, strict=True):
                held, size, inside = _dates(base, ratio, n, phi, trend, wave, runs)
                name = f"base {base} ratio {ratio} n {n} phi {phi}"
                worst = min(worst, (held, name))
                widest = max(widest, (size / width, name))
                ratios.append(inside)
                say(
                    f"trend {trend} season {wave} {name}: coverage {held:.3f} width "
                    f"{size:.1f} (reference {width}) ratio coverage {inside:.3f}"
                )
        say(
            f"== trend {trend} season {wave}: lowest coverage {worst}, widest against "
            f"reference {widest}, mean ratio coverage {np.nanmean(ratios):.3f}"
        )


def _dates(base, ratio, n, phi, trend, wave, runs):
    rng = np.random.default_rng([SEED, base, int(ratio * 10), n, phi, int(wave * 10)])
    t, start = np.arange(n), int(0.75 * n)
    held, size, inside = [], [], []
    for _ in range(runs):
        phase = rng.uniform(0, 2 * np.pi)
        mean = base * np.exp(trend * (t - n / 2) / 12)
        mean = mean * np.exp(wave * np.cos(2 * np.pi * t / 12 + phase))
        mean[start:] *= ratio
        found = step_posterior(negative_binomial(mean, phi, rng), per_year=12)
        if found.evidence < NOISE:
            held.append(1)
            size.append(n)
            continue
        dated = found.date_set(0.95)
        held.append(start in dated)
        size.append(len(dated))
        low, high = found.ratio_interval(0.95)
        inside.append(low <= ratio <= high)
    return np.mean(held), np.mean(size), np.mean(inside) if inside else np.nan


def quiet(runs=100):
    """How often a rise or a fall is claimed where nothing changed."""
    for name, (trend, wave, lasting) in QUIET.items():
        rates = []
        for base, n, phi in product((20, 200), (24, 36, 72), (1, 3)):
            rng = np.random.default_rng([SEED, base, n, phi, *name.encode()])
            t = np.arange(n)
            said, claimed = 0, 0
            for _ in range(runs):
                mean = base * np.exp(trend * (t - n / 2) / 12)
                phase = rng.uniform(0, 2 * np.pi)
                mean = mean * np.exp(wave * np.cos(2 * np.pi * t / 12 + phase))
                mean = mean * np.exp(_carried(n, lasting, rng))
                found = step_posterior(negative_binomial(mean, phi, rng), per_year=12)
                low, high = found.ratio_interval(0.95)
                given = found.evidence >= NOISE
                said += given
                claimed += given and not low <= 1 <= high
            rates.append(claimed / runs)
            say(
                f"{name} base {base} n {n} phi {phi}: ratio given {said / runs:.2f}, "
                f"rise or fall claimed {rates[-1]:.3f}"
            )
        say(f"== {name}: claimed {np.mean(rates):.4f}, at most {max(rates):.3f}")


def _carried(n, lasting, rng):
    """Log level that wanders around 0 by .15 and carries over to the next period."""
    path = np.zeros(n)
    if lasting:
        path[0] = rng.normal(0, 0.15)
        for k in range(1, n):
            path[k] = lasting * path[k - 1] + rng.normal(0, 0.15) * (
                (1 - lasting**2) ** 0.5
            )
    return path


def growth(runs=100):
    """Coverage of the 95 % interval of growth per year, and of a declared step."""
    for n, phi in ((36, 1), (36, 4), (72, 1), (72, 4)):
        rng = np.random.default_rng([SEED, n, phi])
        inside, stepped = [], []
        for _ in range(runs):
            t = np.arange(n)
            mean = 40 * 1.1 ** (t / 12) * np.exp(0.2 * np.cos(2 * np.pi * t / 12))
            mean[n - 9 :] *= 1.4
            y = negative_binomial(mean, phi, rng)
            periods = pd.period_range("2018-01", periods=n, freq="M")
            frame = pd.DataFrame(
                {"region": "X", "period": periods.astype(str), "value": y}
            )
            counts = Counts.from_frame(frame, freq="month", measure="valid")
            event = {"step": f"{periods[n - 9]}-01"}
            found = fit_trend(counts, region="X", events=event).estimates
            up, step = found["growth_per_year"], found["step"]
            inside.append(up.lower <= 1.1 <= up.upper)
            stepped.append(step.lower <= 1.4 <= step.upper)
        say(
            f"{n} months, dispersion {phi}: growth {np.mean(inside):.3f}, step "
            f"{np.mean(stepped):.3f}"
        )


def forecasts(replicates=2):
    """Coverage of 90 % forecast intervals in rolling-origin backtests."""
    for process in ("outbreaks", "level_shift", "drift", "spiky_season"):
        draw = draw_series(process, seed=SEED, replicates=replicates)
        periods = pd.period_range("2013-01", periods=144, freq="M").astype(str).tolist()
        rows = [
            track_record(row, periods, horizon=6, freq="month", level=0.9)
            for row in draw.without
        ]
        table = pd.concat(rows).groupby("horizon")
        for horizon, part in table:
            better = (part["wis"] < part["wis_naive"]).mean()
            ratio = part["wis"].sum() / part["wis_naive"].sum()
            say(
                f"{process} {horizon} ahead: coverage {part['coverage'].mean():.3f} "
                f"score against last year's {ratio:.2f}, better in {better:.2f} n "
                f"{part['forecasts'].sum()}"
            )
    draw = draw_series("outbreaks", seed=SEED, step="quarter", replicates=replicates)
    periods = pd.period_range("2013Q1", periods=48, freq="Q").astype(str).tolist()
    rows = [
        track_record(row, periods, horizon=1, freq="quarter", level=0.9)
        for row in draw.without
    ]
    part = pd.concat(rows)
    say(f"quarters 1 ahead: coverage {part['coverage'].mean():.3f} n {len(part)}")


def nowcasts(seeds=6):
    """Coverage of 95 % nowcast intervals, and error against raw counts."""
    for mean_delay in (10, 25, 60):
        rows = []
        for seed in range(seeds):
            simulated = simulate_counts(
                "outbreaks",
                rng=SEED + seed,
                replicates=1,
                numbers=(1, 7, 13, 19, 25, 31, 37),
                mean_delay=mean_delay,
            )
            full = simulated.truth["reports"]
            full = full[full["period"] >= "2020-01"]
            total = full.groupby(["region", "period"])["value"].sum().rename("truth")
            for as_of in ("2024-03-31", "2024-06-15", "2024-09-30"):
                table = nowcast_counts(full, as_of=as_of).table
                table = table[table["status"].isin(["nowcast", "whole"])]
                table = table[table["period"] >= "2023-06"]
                rows.append(table.join(total, on=["region", "period"]).fillna(0))
        for status, part in pd.concat(rows).groupby("status"):
            inside = part["truth"].between(part["lower"], part["upper"]).mean()
            ours = (part["value"] - part["truth"]).abs().mean()
            raw = (part["reported"] - part["truth"]).abs().mean()
            say(
                f"mean delay {mean_delay} {status}: coverage {inside:.3f} error "
                f"{ours:.2f} raw {raw:.2f} n {len(part)}"
            )


PARTS = {
    "dates": dates,
    "quiet": quiet,
    "growth": growth,
    "forecasts": forecasts,
    "nowcasts": nowcasts,
}


def main(arguments=()):
    """Run the parts named, or all; a number after a name is its size."""
    chosen = [word for word in arguments if word in PARTS] or list(PARTS)
    sizes = [int(word) for word in arguments if word.isdigit()]
    for name in chosen:
        start = time.process_time()
        PARTS[name](*sizes)
        say(f"-- {name}: {time.process_time() - start:.0f} s CPU")


if __name__ == "__main__":
    main(sys.argv[1:])
