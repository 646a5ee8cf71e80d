"""Fits routers on several splits, judges them as the product does, and prints one table."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Collection, Iterable, Mapping

from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.routing.evaluation import compare_routers
from pipelines.routing.figures import Figure, RouterFigures
from pipelines.space import Space

Number = Callable[[RouterFigures], "Figure | float | None"]
Split = tuple[int, OutcomeTable, OutcomeTable]
CHOSEN = "=> chosen in training"

COLUMNS: Mapping[str, Number] = {
    "accuracy": lambda found: found.accuracy,
    "AIQ": lambda found: found.aiq,
    "saved at best single": lambda found: found.saving_at_best_single_accuracy,
    "APGR": lambda found: found.apgr,
    "CPT50": lambda found: found.cpt50,
    "CPT80": lambda found: found.cpt80,
    "fit s": lambda found: found.fit_s,
    "decisions/s": lambda found: found.decisions_per_s,
    "p99 ms": lambda found: found.p99_ms,
}
"""What may be shown of a router, by its heading."""


def contest(
    title: str,
    strategies: Mapping[str, LearnedStrategy],
    splits: Iterable[Split],
    columns: Iterable[str],
    *,
    space: Space | None = None,
    choose: Callable[[OutcomeTable, int], str] | None = None,
    always: Collection[str] = (),
) -> None:
    """Prints each column as the mean over the seeds; an interval is the mean of the ends of their paired bootstraps.

    `choose` says for the training rows of a seed which strategy to take; then only that one, as a row of its own, and
    those of `always` are judged on the test rows.
    """
    rows: dict[str, list[RouterFigures]] = {}
    gains: dict[str, list[Figure]] = {}
    nulls: dict[str, list[Figure]] = {}
    sizes = []
    for seed, train, test in splits:
        judged = dict(strategies)
        if choose is not None:
            chosen = strategies[choose(train, seed)]
            judged = {name: each for name, each in strategies.items() if name in always} | {CHOSEN: chosen}
        found = compare_routers(judged, train, test, space=space, seed=seed)
        sizes.append((found.n_train, found.n_test, found.headroom))
        for router in found.routers:
            rows.setdefault(router.name, []).append(router)
            gains.setdefault(router.name, []).append(found.differences[router.name])
            nulls.setdefault(router.name, []).append(found.null_accuracy[router.name])
        for name, reference in found.references.items():
            rows.setdefault(name, []).append(reference)
    n_train, n_test, _ = sizes[0]
    headroom = told([each for *_, each in sizes])
    print(f"\n{title}: {n_train:,} training and {n_test:,} test rows, {len(sizes)} seeds, headroom {headroom}")
    shown = [(name, COLUMNS[name]) for name in columns]
    print(f"{'':24}" + "".join(f"{name:>25}" for name, _ in shown) + f"{'less best single':>27}{'dealt at random':>27}")
    for name, seeds in rows.items():
        cells = [told([number(found) for found in seeds]) for _, number in shown]
        cells += [told(gains.get(name, ())), told(nulls.get(name, ()))]
        print(f"{name:24}" + "".join(f"{cell:>25}" for cell in cells[:-2]) + "".join(f"{c:>27}" for c in cells[-2:]))


def told(values: Iterable[Figure | float | None]) -> str:
    """Returns the mean of some figures as text, and in how many seeds it is known where that is not in all."""
    every = [value if isinstance(value, Figure) else Figure(value=value) for value in values]
    known = [each for each in every if each.value is not None]
    if not known:
        return ""
    text = f"{statistics.fmean(each.value for each in known if each.value is not None):.4f}"
    ends = [(each.low, each.high) for each in known if each.low is not None and each.high is not None]
    if len(ends) == len(known):
        low, high = (statistics.fmean(part) for part in zip(*ends, strict=True))
        text += f" [{low:.4f}, {high:.4f}]"
    return text if len(known) == len(every) else f"{text} {len(known)}/{len(every)}"
