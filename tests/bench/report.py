"""The report and the charts of 100,000 rows, beside one bootstrap of scipy and one chart of Plotly Express.

python -m tests.bench.report
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from app.charts.export import figure_json
from app.charts.gallery import charts_of
from pipelines.experiment.results import Results
from pipelines.statistics.report import Report
from pipelines.statistics.summary import summarise
from tests.pipelines.statistics.made import results_of

N_EXAMPLES = 25_000
N_PIPELINES = 4
ROUNDS = 3


def experiment() -> Results:
    """Returns 100,000 rows: 25,000 examples with 20 tags in 4 pipelines."""
    generator = np.random.default_rng(0)
    scores = generator.random((N_PIPELINES, N_EXAMPLES)) < np.linspace(0.6, 0.75, N_PIPELINES)[:, None]
    tags = [(f"tag {place % 20}",) for place in range(N_EXAMPLES)]
    return results_of(scores.astype(float).tolist(), tags=tags, difficulties=["easy", "hard"] * (N_EXAMPLES // 2))


def bootstrap_of_scipy(results: Results) -> None:
    """Makes one interval: of the difference between two pipelines, 2,000 resamples."""
    from scipy import stats

    scores = results.matrix(results.score)
    stats.bootstrap((scores[:, 1] - scores[:, 0],), np.mean, n_resamples=2_000, method="percentile", batch=200)


def scatter_of_express(results: Results) -> str:
    """Draws one chart with a point for each row."""
    import plotly.express as px

    labels = [results.contenders[place] for place in results.contender.tolist()]
    figure = px.scatter(x=results.latency_s, y=results.score, color=labels, render_mode="svg")
    return str(figure.to_json())


def seconds(work: Callable[[], object]) -> float:
    """Returns the median time of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    """Prints the times, the sizes and the two ratios."""
    results = experiment()
    report: Report = summarise(results)
    charts = charts_of(report, results)
    whole, theirs = seconds(lambda: summarise(results)), seconds(lambda: bootstrap_of_scipy(results))
    drawn = seconds(lambda: [figure_json(figure) for _, figure in charts_of(report, results)])
    express = seconds(lambda: scatter_of_express(results))
    sizes = [len(figure_json(figure)) for _, figure in charts]
    print(f"{results.n_rows:,} rows: report {whole:.2f} s · one bootstrap of scipy {theirs:.2f} s")
    each = drawn / len(charts)
    print(f"{len(charts)} charts, each {each:.3f} s, the largest {max(sizes) / 1e3:,.0f} kB")
    print(f"one chart of Plotly Express {express:.3f} s, {len(scatter_of_express(results)) / 1e3:,.0f} kB")
    print(f"report / scipy {whole / theirs:.2f} · chart / express {each / express:.2f}")


if __name__ == "__main__":
    main()
