"""A learned cascade on the Berkeley function calling leaderboard: a cheap model first, dearer ones where it pays.

The verifier sees the question with its functions, and how many tokens the cheap call took and how long. What it may ask
besides, with whom it begins and its price of score are chosen on held-out parts of the training rows. A model that was
called in two ways, by prompt and by its own function calling (-FC), has one price.

python -m tests.bench.router.bfcl FOLDER [TEST_FOLDER]
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson

from pipelines.outcome.folder import prices_near
from pipelines.outcome.price import priced
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.learned_cascade import LearnedCascade
from pipelines.routing.background import Background
from pipelines.routing.cascade import Outcome, RecordedCascade, Trials, beginnings, begun
from pipelines.routing.cost import CostModel
from tests.bench.router.tally import Tally, mixture, oracle_cost, parts, tables

CHEAP = "gpt-4o-mini-2024-07-18"
OWN_WAY = "-FC"
POOLS = {
    "three models": (CHEAP, "gpt-4-1106-preview", "claude-3-5-sonnet-20240620"),
    "two in two ways, and one": (
        CHEAP,
        CHEAP + OWN_WAY,
        "gpt-4o-2024-08-06",
        "gpt-4o-2024-08-06" + OWN_WAY,
        "claude-3-5-sonnet-20240620",
    ),
}
POOL = tuple(dict.fromkeys(model for pool in POOLS.values() for model in pool))
BUDGETS = (0.35e-3, 0.5e-3, 0.7e-3, 1.0e-3)


def functions_told(folder: Path) -> dict[str, str]:
    """Returns the functions of each question in words."""
    packed = folder / "queries.jsonl.gz"
    content = gzip.decompress(packed.read_bytes()) if packed.is_file() else (folder / "queries.jsonl").read_bytes()
    told = {}
    for line in content.splitlines():
        row = orjson.loads(line)
        listed = row.get("functions") or []
        each = listed if isinstance(listed, list) else [listed]
        lines = [f"{one.get('name')}: {one.get('description')} {one.get('parameters')}" for one in each]
        told[str(row["qid"])] = f"count{len(each)} functions\n" + "\n".join(lines)
    return told


def with_functions(table: OutcomeTable, told: dict[str, str], folder: Path) -> OutcomeTable:
    """Returns the table whose questions tell their functions, as a pipeline would get them, every way priced."""
    queries = tuple(f"{query}\n\n{told[qid]}" for query, qid in zip(table.queries, table.ids, strict=True))
    found = prices_near(folder)
    own = {model + OWN_WAY: price for model, price in found.items()}
    return priced(replace(table.columns(POOL), queries=queries), {**found, **own}).complete()


def learned(train: OutcomeTable, test: OutcomeTable, seed: int) -> Iterator[tuple[str, Outcome]]:
    """Yields what the cascade reaches within each budget, as its training rows say it should be."""
    trials: list[tuple[Trials, RecordedCascade]] = []
    for pool in POOLS.values():
        known = train.columns(pool)
        fitted = LearnedCascade(most_calls=3).fit(known, seed=seed)
        firsts = [first for first in beginnings(fitted) if CHEAP in first]
        walked = RecordedCascade(fitted, CostModel.fit(known), test.columns(pool), firsts[0])
        trials += [(trial, walked) for trial in begun(LearnedCascade(most_calls=3), known, firsts, seed=seed)]
    for budget in BUDGETS:
        best, walked = max(trials, key=lambda each: each[0].reached(budget))
        rate = best.best_within(budget)
        size = len(walked.models)
        print(f"seed {seed}, ${budget * 1e3:.2f}: {' + '.join(best.first)} of {size} at {rate:.1f}", file=sys.stderr)
        yield f"${budget * 1e3:.2f}", walked.at(rate, best.first)


def main() -> None:
    """Prints one table."""
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    table, test_table = tables()
    told = {qid: text for folder in folders for qid, text in functions_told(folder).items()}
    whole = with_functions(table, told, folders[0])
    tally = Tally("best single")
    for seed, train, test in parts(whole, None if test_table is None else with_functions(test_table, told, folders[0])):
        background, rows = Background.of(train), np.arange(test.n_queries)
        single, cheap = int(background.means.argmax()), test.models.index(CHEAP)
        tally.rows(test)
        for name, place in (("best single", single), ("cheapest", cheap)):
            tally.add(name, test.score[:, place], test.cost_usd[:, place])
        by_task = background.task_table(test).argmax(axis=1)
        tally.add("task table (told the task)", test.score[rows, by_task], test.cost_usd[rows, by_task])
        tally.add("random", test.score.mean(axis=1), test.cost_usd.mean(axis=1))
        for limit in BUDGETS:
            tally.add(f"mix of single models, ${limit * 1e3:.2f}", *mixture(train, test, limit))
        for budget, reached in learned(train, test, seed):
            tally.add(f"learned cascade, {budget}", reached.score, reached.cost_usd)
            spent = float((reached.cost_usd - test.cost_usd[:, cheap]).mean() / test.cost_usd[:, single].mean())
            chance = np.random.default_rng(seed).random(test.n_queries) < spent
            score = np.where(chance, test.score[:, single], test.score[:, cheap])
            cost = test.cost_usd[:, cheap] + np.where(chance, test.cost_usd[:, single], 0.0)
            tally.add(f"for as much by chance, {budget}", score, cost)
        wrong = test.score[:, cheap] < 0.5
        score = np.where(wrong, test.score[:, single], test.score[:, cheap])
        tally.add("perfect verifier", score, test.cost_usd[:, cheap] + np.where(wrong, test.cost_usd[:, single], 0.0))
        tally.add("oracle", test.score.max(axis=1), oracle_cost(test))
    tally.print(f"BFCL, {len(POOL)} priced ways")


if __name__ == "__main__":
    main()
