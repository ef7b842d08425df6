"""False alarms and power of the charts in simulated areas: the table of docs/start/events.md, printed.

Areas of a region of eight: monthly counts NB(mean, size 1.5), five years of history from which rate and size
are estimated, a budget of 0.25 false alarms per area-year for one chart. False alarms are counted over ten
calm years after the history, sights in a year after the rate has risen at once.
"""

from __future__ import annotations

import numpy as np

from kelisim.stats.detection.budget import set_threshold
from kelisim.stats.detection.chart import WARM_UP, Chart
from kelisim.stats.detection.cusum import Cusum
from kelisim.stats.detection.ewma import Ewma
from kelisim.stats.detection.farrington import Farrington
from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import common_size, fit_null, negative_binomial

WORLDS, FUTURES, BUDGET, SIZE, MONTHS = 60, 100, 0.25, np.array(1.5), 60


def main() -> None:
    print("| chart | events a month | false alarms | se | x2: 3 / 6 / 12 months | x3: 3 / 6 / 12 months |")
    print("| --- | --- | --- | --- | --- | --- |")
    for chart in (Cusum(), Ewma(), Farrington()):
        for rate in (0.1, 0.5, 2.0):
            print(row(chart, rate))


def row(chart: Chart, rate: float) -> str:
    """One row of the table."""
    rng = np.random.default_rng(20)
    slow = isinstance(chart, Farrington)
    calm_years, futures = (3, 40) if slow else (10, FUTURES)
    false: list[float] = []
    seen: dict[float, list[list[float]]] = {2.0: [], 3.0: []}
    for _ in range(WORLDS // 3 if slow else WORLDS):
        region = [History.of(negative_binomial(np.full(MONTHS, rate), SIZE, rng)) for _ in range(8)]
        null = fit_null(region[0], sizes=common_size(region))
        more = {"years": 3} if slow else {}
        set_to = set_threshold(chart, region[0], null, BUDGET, rng, paths=400 if slow else 1500, **more)

        def raised(mean: np.ndarray) -> np.ndarray:
            future = negative_binomial(np.broadcast_to(mean, (futures, mean.size)), SIZE, rng)
            scores = chart.scores(region[0], null, future, np.ones(mean.size))  # noqa: B023
            return chart.levels(scores, set_to.threshold)[1][:, WARM_UP:]  # noqa: B023

        false.append(raised(np.full(WARM_UP + 12 * calm_years, rate)).sum() / futures / calm_years)
        for factor, found in seen.items():
            alarms = raised(np.where(np.arange(WARM_UP + 12) < WARM_UP, rate, factor * rate))
            found.append([alarms[:, :within].any(axis=1).mean() for within in (3, 6, 12)])
    error = np.std(false, ddof=1) / len(false) ** 0.5
    shares = [" / ".join(f"{100 * x:.0f} %" for x in np.mean(found, axis=0)) for found in seen.values()]
    return f"| {chart.name} | {rate:g} | {np.mean(false):.2f} | {error:.2f} | {shares[0]} | {shares[1]} |"


if __name__ == "__main__":
    main()
