"""Error rates of the detectors, and the table of operating curves that ships.

Run all with `python -m tests.calibrate detection`; a part with
`python -m tests.calibrate.detection monthly 60`, or, to draw the table that ships,
`python -m tests.calibrate.detection figures FOLDER` (else reports/calibration).
"""

import csv
import sys
import time
from dataclasses import replace
from html import escape
from pathlib import Path

import numpy as np
from scipy.stats import nbinom, poisson

from disclosure_trends.models.calibration import (
    DISPERSIONS,
    HISTORIES,
    LEVELS,
    POOL,
    SHORT,
    Shape,
    simulate_curve,
)
from disclosure_trends.models.farrington import farrington_flexible
from disclosure_trends.models.uptick.baselines import judge_period
from disclosure_trends.models.uptick.error_rates import error_rates_figure
from disclosure_trends.models.uptick.multiplicity import false_discovery_rate
from disclosure_trends.models.uptick.series_matrix import SeriesMatrix
from disclosure_trends.simulate.outbreaks import (
    SINGLE_HARMONIC,
    counts_around,
    draw_series,
)

CURVES = (
    Path(__file__).resolve().parents[2]
    / "analysis/disclosure_trends/models/operating_curves.csv"
)
FIGURES = Path("reports/calibration")  # not part of the repository
DRAWN, MIDDLE = (1.0, 2.0, 5.0), 30.0  # dispersions drawn, level marked
SEED = 20241124
FARRINGTON = {  # six monthly settings, as the field would tune them
    f"FF b{b} w{w} p{p} past{past}": {
        "b": b,
        "w": w,
        "noPeriods": p,
        "pastWeeksNotIncluded": past,
        "thresholdMethod": "nbPlugin",
        "pThresholdTrend": 1,
        "limit54": (0, 4),
        "alpha": 0.01,
    }
    for b, w, p, past in (
        (5, 1, 4, 6),
        (5, 1, 1, 1),
        (5, 1, 7, 6),
        (5, 2, 4, 6),
        (9, 1, 4, 6),
        (9, 1, 7, 2),
    )
}
WEEKLY_FARRINGTON = {
    f"FF b{b} w3 p{p} past{past}": {
        "b": b,
        "w": 3,
        "noPeriods": p,
        "pastWeeksNotIncluded": past,
        "thresholdMethod": "nbPlugin",
        "pThresholdTrend": 1,
        "limit54": (0, 4),
        "alpha": 0.01,
    }
    for b, p, past in ((5, 10, 26), (9, 10, 26), (5, 7, 26), (9, 10, 10))
}


def say(text):
    """Print at once, so that a long run shows where it is."""
    print(text, flush=True)  # noqa: T201


def as_matrix(counts):
    """Arrays as the detectors take them."""
    return SeriesMatrix(
        regions=tuple(str(i) for i in range(len(counts))),
        periods=tuple(str(i) for i in range(counts.shape[1])),
        counts=counts,
        ripe=counts,
        exposure=None,
    )


def our_p(draw, counts, *, history=None):
    """p-values of the tested steps, from all the history or its last steps."""
    freq = draw.grid.step
    tested = range(*draw.grid.tested)
    columns = []
    for column in tested:
        first = 0 if history is None else column - history
        part = counts[:, first : column + 1]
        judged = judge_period(as_matrix(part), part.shape[1] - 1, freq=freq, rate=0.01)
        # A series with too few cases raises no alarm.
        columns.append(np.where(np.isnan(judged.p_value), 1.0, judged.p_value))
    return np.stack(columns, axis=1)


def farrington_p(draw, counts, control):
    freq = draw.grid.year
    first, end = draw.grid.tested
    found = farrington_flexible(
        counts, freq=freq, control=control, range=[first + 1, end]
    )
    return np.where(np.isnan(found.pvalue), 1.0, found.pvalue)


def oracle_p(draw, counts):
    """p-values of somebody who knows the mean and the dispersion."""
    span = slice(*draw.grid.tested)
    mean, phi = draw.mean[:, span], draw.dispersion[:, None]
    y = counts[:, span]
    spread = nbinom.sf(y - 1, mean / np.maximum(phi - 1, 1e-9), 1 / phi)
    return np.where(phi > 1, spread, poisson.sf(y - 1, mean))


def detected(draw, p, threshold):
    """Whether each outbreak has an alarm between its first and last step."""
    first, end = draw.grid.tested
    steps = np.arange(first, end)
    inside = (steps >= draw.first[:, None]) & (steps <= draw.last[:, None])
    return ((p <= threshold) & inside).any(axis=1)


def threshold_at(quiet, rate):
    """Largest p-value at which at most this share of quiet steps alarms."""
    ordered = np.sort(quiet.ravel())
    k = int(np.floor(rate * len(ordered)))
    if k == 0:
        return ordered[0] / 2
    cut = ordered[k - 1]
    return cut if (quiet <= cut).mean() <= rate else ordered[ordered < cut].max()


def by_scenario(draw, hits):
    return [hits[draw.scenario == number].mean() for number in np.unique(draw.scenario)]


def report(name, draw, quiet, loud, reference=None):
    """Print one line and give the detections at a true 1 % and 2.5 %."""
    nominal = quiet <= 0.01
    found = [detected(draw, loud, threshold_at(quiet, rate)) for rate in (0.01, 0.025)]
    line = (
        f"{name:22s} false alarms {nominal.mean():.4f} worst "
        f"{max(by_scenario(draw, nominal)):.3f} POD nominal "
        f"{detected(draw, loud, 0.01).mean():.3f} true1% {found[0].mean():.3f} "
        f"true2.5% {found[1].mean():.3f}"
    )
    if reference is not None:
        for ours, theirs in zip(reference, found, strict=True):
            gain = ours.astype(float) - theirs
            half = 1.96 * gain.std() / np.sqrt(len(gain))
            line += f" gain {gain.mean():+.3f}±{half:.3f}"
    say(line)
    return found


def monthly(replicates=10, process="outbreaks"):
    draw = draw_series(process, seed=SEED, replicates=replicates)
    quiet, loud = our_p(draw, draw.without), our_p(draw, draw.counts)
    ours = report(f"{process} calibrated", draw, quiet, loud)
    report(
        "oracle", draw, oracle_p(draw, draw.without), oracle_p(draw, draw.counts), ours
    )
    for name, control in FARRINGTON.items():
        report(
            name,
            draw,
            farrington_p(draw, draw.without, control),
            farrington_p(draw, draw.counts, control),
            ours,
        )


def off_model(replicates=15):
    for process in ("level_shift", "drift", "spiky_season", "sustained"):
        draw = draw_series(process, seed=SEED + 1, replicates=replicates)
        quiet, loud = our_p(draw, draw.without), our_p(draw, draw.counts)
        report(process, draw, quiet, loud)


def noise(replicates=60):
    """Counts that vary as no baseline knows; outbreaks grow with their sd."""
    draw = draw_series(
        "outbreaks",
        seed=SEED + 7,
        scenarios=SINGLE_HARMONIC,
        replicates=replicates,
    )
    before = ordinary_counts(draw, SEED + 7)
    for number, (name, (process, spread)) in enumerate(NOISE.items()):
        rng = np.random.default_rng([SEED, 8, number])
        phi = draw.dispersion[:, None]
        grown = np.sqrt(spread(draw.mean, phi) / (phi * draw.mean))
        past = np.round((draw.without - before) * grown)
        quiet = process(draw.mean, phi, rng) + past
        loud = quiet + np.ceil((draw.counts - draw.without) * grown)
        report(name, draw, our_p(draw, quiet), our_p(draw, loud))


def ordinary_counts(draw, seed):
    """Draw the counts again that a draw had before its outbreaks were added."""
    replicates = len(draw.mean) // len(np.unique(draw.scenario))
    rows = zip(draw.mean, draw.dispersion, draw.scenario, strict=True)
    return np.array(
        [
            counts_around(
                mean, phi, np.random.default_rng([seed, scenario, i % replicates])
            )
            for i, (mean, phi, scenario) in enumerate(rows)
        ]
    )


def _negative_binomial(mean, phi, rng):
    excess = np.maximum(phi - 1, 1e-9)
    spread = rng.negative_binomial(mean / excess, 1 / (1 + excess))
    return np.where(phi > 1, spread, rng.poisson(mean)).astype(float)


def _autoregressive(mean, phi, rng):
    walk = rng.normal(0, 0.12, mean.shape)
    for t in range(1, mean.shape[1]):
        walk[:, t] += 0.6 * walk[:, t - 1]
    return _negative_binomial(mean * np.exp(walk), phi, rng)


def _lognormal(mean, phi, rng):
    return rng.poisson(mean * np.exp(rng.normal(0, 0.3, mean.shape))).astype(float)


def _quadratic(mean, phi, rng):
    return rng.negative_binomial(4, 4 / (4 + mean)).astype(float)


def _rising(mean, phi):
    """Dispersion that is 2.5 times as large from month 81 on."""
    return phi * np.where(np.arange(mean.shape[1]) >= 80, 2.5, 1.0)


NOISE = {  # how counts are drawn, and their variance
    "as published": (_negative_binomial, lambda mean, phi: phi * mean),
    "AR(1) .6, sd .12": (
        _autoregressive,
        lambda mean, phi: phi * mean + np.expm1(0.12**2 / (1 - 0.6**2)) * mean**2,
    ),
    "Poisson-lognormal .3": (
        _lognormal,
        lambda mean, _: np.exp(0.045) * mean + np.exp(0.09) * np.expm1(0.09) * mean**2,
    ),
    "variance mu + mu^2/4": (_quadratic, lambda mean, _: mean + mean**2 / 4),
    "dispersion x2.5 late": (
        lambda mean, phi, rng: _negative_binomial(mean, _rising(mean, phi), rng),
        lambda mean, phi: _rising(mean, phi) * mean,
    ),
}


def short_history(replicates=10):
    draw = draw_series("outbreaks", seed=SEED + 2, replicates=replicates)
    for months in (12, 18, 24, 36, 60):
        quiet = our_p(draw, draw.without, history=months)
        loud = our_p(draw, draw.counts, history=months)
        report(f"{months} months", draw, quiet, loud)


def weekly(replicates=5):
    draw = draw_series("outbreaks", seed=SEED + 3, step="week", replicates=replicates)
    quiet, loud = our_p(draw, draw.without), our_p(draw, draw.counts)
    ours = report("weekly scan", draw, quiet, loud)
    for name, control in WEEKLY_FARRINGTON.items():
        report(
            name,
            draw,
            farrington_p(draw, draw.without, control),
            farrington_p(draw, draw.counts, control),
            ours,
        )


def quarters(runs=200):
    """False alarms of 30 pooled regions, of fewer, and of one alone."""
    cases = {30: (3, 4, 6, 8, 12), 20: (4, 8), 6: (8,), 1: (8, 12, 20)}
    for regions, lengths in cases.items():
        for h in lengths:
            done = [
                _quarters(np.random.default_rng([SEED, 4, regions, h, run]), regions, h)
                for run in range(runs if regions > 1 else runs * 10)
            ]
            alarms, found, n = np.sum(done, axis=0)
            if n:
                say(
                    f"{regions} regions, {h} quarters: false alarms {alarms / n:.4f} "
                    f"power x1.5 {found / n:.3f} n {n:.0f}"
                )
            else:
                say(f"{regions} regions, {h} quarters: short history")


def _quarters(rng, regions, h):
    mean = np.exp(rng.normal(3.2, 1.2, (regions, 1)))
    phi = 1 + np.exp(rng.normal(0, 0.6, (regions, 1)))
    shape = (regions, h + 1)
    counts = rng.negative_binomial(mean / (phi - 1), 1 / phi, shape).astype(float)
    judged = judge_period(as_matrix(counts), h, freq="quarter", rate=0.01)
    known = judged.status == "examined"
    high = rng.negative_binomial(1.5 * mean / (phi - 1), 1 / phi)[:, 0]
    return (
        (judged.p_value[known] <= 0.01).sum(),
        (high[known] > judged.upper[known]).sum(),
        known.sum(),
    )


def days(replicates=40):
    """Daily counts with weekday, season and drift: false alarms and detections."""
    for n_days in (90, 200, 400, 900):
        for drift in (0.0, 0.01):
            rng = np.random.default_rng([SEED, 5, n_days, int(drift * 1000)])
            cases = [(level, phi) for level in (2, 20, 200) for phi in (1.0001, 2, 5)]
            done = [_days(rng, n_days, drift, case, replicates) for case in cases]
            quiet, found, n = np.sum(done, axis=0)
            say(
                f"{n_days} days, drift {drift}: false alarms {quiet / n:.4f} worst "
                f"{max(q / m for q, _, m in done):.3f} power x2 {found / n:.3f} "
                f"n {n:.0f}"
            )


def _days(rng, n_days, drift, case, replicates):
    level, phi = case
    t = np.arange(n_days + 10)
    log_mean = np.log(level) + 0.2 * np.cos(2 * np.pi * t / 365.25)
    log_mean = log_mean + np.where(t % 7 >= 5, -0.7, 0.0)
    walk = np.cumsum(rng.normal(0, drift, (replicates, len(t))), axis=1)
    mean = np.exp(log_mean + walk)
    counts = rng.negative_binomial(mean / (phi - 1), 1 / phi).astype(float)
    quiet = found = n = 0
    for column in range(n_days, n_days + 10, 3):
        part = as_matrix(counts[:, : column + 1])
        judged = judge_period(part, column, freq="day", rate=0.01)
        high = rng.negative_binomial(2 * mean[:, column] / (phi - 1), 1 / phi)
        quiet += (judged.p_value <= 0.01).sum()
        found += (high > judged.upper).sum()
        n += (judged.status == "examined").sum()
    return quiet, found, n


def discovery(runs=100):
    """False discovery rate at 10 % over 100 regions of which 10 truly rise."""
    for common in (0.0, 0.1):
        done = [
            _discovery(np.random.default_rng([SEED, 6, run]), common)
            for run in range(runs)
        ]
        share, power = np.transpose(done)
        half = 1.96 * share.std() / np.sqrt(runs)
        say(
            f"common shock {common}: FDR {share.mean():.3f}±{half:.3f} "
            f"power {power.mean():.3f}"
        )


def _discovery(rng, common):
    mean = np.exp(rng.normal(3.2, 1.0, (100, 1))) * np.ones(61)
    mean = mean * np.exp(common * rng.normal(size=61))
    phi = 1 + np.exp(rng.normal(0, 0.6, (100, 1)))
    mean[:10, -1] *= 2.5
    counts = rng.negative_binomial(mean / (phi - 1), 1 / phi).astype(float)
    judged = judge_period(as_matrix(counts), 60, freq="month", rate=0.01)
    called = false_discovery_rate(judged.p_value) <= 0.1
    return called[10:].sum() / max(called.sum(), 1), called[:10].mean()


def shapes():
    """All shapes of the shipped table."""
    for freq, histories in HISTORIES.items():
        if freq in {"half", "year"}:
            continue
        for history in histories:
            for level in LEVELS:
                for dispersion in DISPERSIONS:
                    for pool in (1, POOL) if freq in SHORT else (1,):
                        yield Shape(
                            freq=freq,
                            history=history,
                            level=float(level),
                            dispersion=dispersion,
                            pool=pool,
                        )


def curves(series=100):
    """Write the table of operating curves."""
    names = ["freq", "history", "level", "dispersion", "rate", "pool"]
    rates = ["false_alarm", "power_half", "power_double", "delay", "found"]
    rows = []
    for shape in shapes():
        curve = simulate_curve(shape, series=series)
        row = [getattr(shape, name) for name in names]
        row += [f"{getattr(curve, name):.4f}" for name in rates]
        rows.append([*row, curve.series])
    with CURVES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*names, *rates, "series"])
        writer.writerows(rows)
    say(f"{len(rows)} shapes written")


def figures(folder=FIGURES):
    """Write the operating curves that ship as one page of figures, to open offline."""
    import plotly.io as pio

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    parts, plotly = [], True
    for shape in shapes():
        if shape.level != LEVELS[0] or shape.dispersion not in DRAWN:
            continue
        fig = error_rates_figure(replace(shape, level=MIDDLE))
        meta = fig.layout.meta["disclosure_trends"]
        drawing = pio.to_html(fig, full_html=False, include_plotlyjs=plotly)
        parts.append(
            f"<h2>{escape(meta['title'])}</h2><p>{escape(meta['subtitle'])}</p>"
            f"{drawing}<p>{escape(meta['caption'])}</p>"
        )
        plotly = False
    page = folder / "operating_curves.html"
    head = "<!doctype html><meta charset=utf-8><title>Operating curves</title>"
    page.write_text(f"{head}<h1>Operating curves</h1>{''.join(parts)}", "utf-8")
    say(f"{len(parts)} figures: {page}")


PARTS = {
    "monthly": monthly,
    "off_model": off_model,
    "noise": noise,
    "short_history": short_history,
    "weekly": weekly,
    "quarters": quarters,
    "days": days,
    "discovery": discovery,
    "curves": curves,
    "figures": figures,
}


def main(arguments=()):
    """Run the parts named, or all.

    A number after a name is its size; after `figures` comes the folder to write to.
    """
    chosen = [word for word in arguments if word in PARTS] or list(PARTS)
    sizes = [int(word) for word in arguments if word.isdigit()]
    if chosen == ["figures"]:
        sizes = [Path(word) for word in arguments if word not in PARTS]
    for name in chosen:
        start = time.process_time()
        PARTS[name](*sizes)
        say(f"-- {name}: {time.process_time() - start:.0f} s CPU")


if __name__ == "__main__":
    main(sys.argv[1:])
