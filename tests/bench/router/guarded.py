"""Guards that know law, finance and health, and turn strangers away: a stand-in for GQR-Bench on recorded questions.

python -m tests.bench.router.guarded FOLDER_OF_OUTCOME_TABLES
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipelines.outcome.folder import read_folder
from pipelines.outcome.split import split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.bag_of_words import BagOfWords
from pipelines.routers.category import Category
from pipelines.routers.wide_mlp import WideMlp
from pipelines.routing.figures import Figure
from pipelines.routing.ood import guard_figures, stranger_figures
from pipelines.tasked import TaskStrategy

DOMAINS = {"law": "law", "business": "finance", "economics": "finance", "health": "health"}
NEAR = ("psychology", "biology")
"""So close to the domains that they count as neither known nor strange."""

FAR = {"routerdc": ("cmmlu", "gsm8k", "mbpp"), "bfcl": (), "zeroeval": ("crux",)}
"""Tables of strangers, and the tasks taken of each; none named takes all."""

GUARDS: Mapping[str, TaskStrategy] = {
    "WideMLP": WideMlp(),
    "fastText": BagOfWords(),
    "logistic": Category(doubted_share=0.1),
}
SEEDS = range(5)


def domains(table: OutcomeTable) -> OutcomeTable:
    """Returns the questions of the domains, each with its domain as the task."""
    known = table.rows(np.array([task in DOMAINS for task in table.tasks]))
    return replace(known, tasks=tuple(DOMAINS[task] for task in known.tasks))


def strangers(folder: Path, table: OutcomeTable) -> Iterator[tuple[str, list[str]]]:
    """Yields the questions of every set of strangers, at most 500 of each."""
    for subject in sorted(set(table.tasks) - set(DOMAINS) - set(NEAR)):
        yield subject, _of(table, (subject,))
    for name, tasks in FAR.items():
        other = read_folder(folder / name)
        for task in tasks or (name,):
            yield task, _of(other, (task,) if tasks else tuple(set(other.tasks)))


def _of(table: OutcomeTable, tasks: tuple[str, ...]) -> list[str]:
    found = [query for query, task in zip(table.queries, table.tasks, strict=True) if task in tasks]
    return found[:: max(1, len(found) // 500)][:500]


def main() -> None:
    """Prints one line a guard, the mean over the seeds."""
    folder = Path(sys.argv[1])
    table = read_folder(folder / "mmlu_pro")
    known, strange = domains(table), dict(strangers(folder, table))
    print(f"{known.n_queries} known questions, {len(strange)} sets of strangers, {len(SEEDS)} seeds")
    print(f"{'guard':12}{'GQR':>8}{'known':>8}{'away':>8}{'AUROC':>8}{'FPR95':>8}{'us each':>9}")
    for name, guard in GUARDS.items():
        print(f"{name:12}" + "".join(f"{value:8.3f}" for value in _line(guard, known, strange)))


def _line(guard: TaskStrategy, known: OutcomeTable, strange: Mapping[str, list[str]]) -> list[float]:
    lines = []
    for seed in SEEDS:
        train, test = split_table(known, (0.7, 0.3), seed=seed)
        fitted = guard.fit(train, seed=seed)
        found, parted = guard_figures(fitted, test, strange), stranger_figures(fitted, test.queries, strange)
        began = time.perf_counter()
        fitted.predict(test.queries)
        each_us = 1e6 * (time.perf_counter() - began) / test.n_queries
        sets = (found.strange_accuracy, parted.auroc, parted.fpr95)
        lines.append([_value(found.gqr), _value(found.known_accuracy), *(_mean(each) for each in sets), each_us])
    return [float(value) for value in np.mean(lines, axis=0)]


def _mean(figures: Mapping[str, Figure]) -> float:
    return float(np.mean([_value(figure) for figure in figures.values()]))


def _value(figure: Figure) -> float:
    return float("nan") if figure.value is None else figure.value


if __name__ == "__main__":
    main()
