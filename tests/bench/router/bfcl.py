"""A learned cascade on the Berkeley function calling leaderboard: a cheap model first, a dear one where it pays.

The verifier sees the question with its functions, and how many tokens the cheap call took and how long.

python -m tests.bench.router.bfcl FOLDER [TEST_FOLDER]
"""

from __future__ import annotations

import gzip
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson

from pipelines.outcome.table import OutcomeTable
from pipelines.routers.learned_cascade import LearnedCascade
from pipelines.routing.background import Background
from pipelines.routing.cascade import RecordedCascade, tried
from tests.bench.router.tally import Tally, oracle_cost, parts, tables

CHEAP = "gpt-4o-mini-2024-07-18"
POOL = (CHEAP, "gpt-4-1106-preview", "claude-3-5-sonnet-20240620")
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


def with_functions(table: OutcomeTable, told: dict[str, str]) -> OutcomeTable:
    """Returns the table whose questions tell their functions, as a pipeline would get them."""
    queries = tuple(f"{query}\n\n{told[qid]}" for query, qid in zip(table.queries, table.ids, strict=True))
    return replace(table.columns(POOL), queries=queries).complete()


def main() -> None:
    """Prints one table."""
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    table, test_table = tables()
    told = {qid: text for folder in folders for qid, text in functions_told(folder).items()}
    whole = with_functions(table, told)
    tally = Tally("best single")
    for seed, train, test in parts(whole, None if test_table is None else with_functions(test_table, told)):
        background, rows = Background.of(train), np.arange(test.n_queries)
        single, cheap = int(background.means.argmax()), test.models.index(CHEAP)
        tally.rows(test)
        for name, place in (("best single", single), ("cheapest", cheap)):
            tally.add(name, test.score[:, place], test.cost_usd[:, place])
        by_task = background.task_table(test).argmax(axis=1)
        tally.add("task table (told the task)", test.score[rows, by_task], test.cost_usd[rows, by_task])
        walked = RecordedCascade(LearnedCascade().fit(train, seed=seed), background.costs, test, (CHEAP,))
        trials = tried(LearnedCascade(), train, (CHEAP,), seed=seed)
        for budget in BUDGETS:
            reached = walked.at(trials.best_within(budget))
            tally.add(f"learned cascade, ${budget * 1e3:.2f}", reached.score, reached.cost_usd)
            chance = np.random.default_rng(seed).random(test.n_queries) < float((reached.calls > 1).mean())
            score = np.where(chance, test.score[:, single], test.score[:, cheap])
            cost = test.cost_usd[:, cheap] + np.where(chance, test.cost_usd[:, single], 0.0)
            tally.add(f"as often by chance, ${budget * 1e3:.2f}", score, cost)
        wrong = test.score[:, cheap] < 0.5
        score = np.where(wrong, test.score[:, single], test.score[:, cheap])
        tally.add("perfect verifier", score, test.cost_usd[:, cheap] + np.where(wrong, test.cost_usd[:, single], 0.0))
        tally.add("oracle", test.score.max(axis=1), oracle_cost(test))
    tally.print(f"BFCL, {len(POOL)} priced models")


if __name__ == "__main__":
    main()
