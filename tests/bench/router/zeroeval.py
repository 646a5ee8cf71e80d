"""A learned cascade on ZeroEval: twelve priced models, against the best single one.

With whom the cascade begins and at which price of score it goes on is chosen on held-out parts of the training rows.

python -m tests.bench.router.zeroeval FOLDER [TEST_FOLDER]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from pipelines.choice import best
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.routers.category import Category
from pipelines.routers.learned_cascade import LearnedCascade
from pipelines.routers.ridge import Ridge
from pipelines.routing.background import Background
from pipelines.routing.cascade import Outcome, RecordedCascade, beginnings, begun, best_beginning
from pipelines.routing.cost import CostModel
from pipelines.routing.vote import ballots
from tests.bench.router.tally import Tally, mixture, oracle_cost, parts, tables

POOL = (
    "Meta-Llama-3.1-8B-Instruct",
    "claude-3-haiku-20240307",
    "gemini-1.5-flash",
    "gemini-1.5-pro",
    "Meta-Llama-3.1-70B-Instruct",
    "deepseek-v2.5-0908",
    "claude-3-5-haiku-20241022",
    "Llama-3.1-405B-Inst@sambanova",
    "Mistral-Large-2",
    "gpt-4o-mini-2024-07-18",
    "gpt-4o-2024-08-06",
    "claude-3-5-sonnet-20241022",
)
FIRST = ("deepseek-v2.5-0908", "gpt-4o-mini-2024-07-18")
"""Who is believed where both agree, in the simple cascade beside the learned one."""
BUDGETS = (1.0e-3, 1.5e-3, 2.0e-3)


def agreed(test: OutcomeTable, last: int) -> tuple[Floats, Floats]:
    """Returns score and cost where two cheap models that agree are believed, and else one other model is."""
    one, two = (test.models.index(model) for model in FIRST)
    votes = ballots(test)
    alike = (votes[:, one] >= 0) & (votes[:, one] == votes[:, two])
    cost = test.cost_usd[:, one] + test.cost_usd[:, two] + np.where(alike, 0.0, test.cost_usd[:, last])
    return np.where(alike, test.score[:, one], test.score[:, last]), cost


def within(
    cascade: LearnedCascade, train: OutcomeTable, test: OutcomeTable, seed: int
) -> Iterator[tuple[str, Outcome]]:
    """Yields what the cascade reaches within each budget, as its training rows say it should begin and go on."""
    fitted = cascade.fit(train, seed=seed)
    firsts = beginnings(fitted)
    walked = RecordedCascade(fitted, CostModel.fit(train), test, firsts[0])
    best = best_beginning(begun(cascade, train, firsts, seed=seed), BUDGETS)
    for budget in BUDGETS:
        rate = best.best_within(budget)
        print(f"seed {seed}, ${budget * 1e3:.2f}: {' + '.join(best.first)} at {rate:.1f} per USD", file=sys.stderr)
        yield f"learned cascade, ${budget * 1e3:.2f}", walked.at(rate, best.first)


def main() -> None:
    """Prints one table."""
    table, test_table = tables()
    pool = table.columns(POOL).complete()
    tally = Tally("best single")
    for seed, train, test in parts(pool, None if test_table is None else test_table.columns(POOL).complete()):
        background, rows = Background.of(train), np.arange(test.n_queries)
        single = int(background.means.argmax())
        tally.rows(test)
        tally.add("random", test.score.mean(axis=1), test.cost_usd.mean(axis=1))
        tally.add("best single", test.score[:, single], test.cost_usd[:, single])
        for name, scores in (
            ("task table (told the task)", background.task_table(test)),
            ("route: task, then model", Category().fit(train).predict(test.queries)),
            ("route: ridge", Ridge().fit(train).predict(test.queries)),
        ):
            tally.add(name, test.score[rows, best(scores)], test.cost_usd[rows, best(scores)])
        tally.add("two agree, else best single", *agreed(test, single))
        for budget in BUDGETS:
            tally.add(f"mix of single models, ${budget * 1e3:.2f}", *mixture(train, test, budget))
        for name, reached in within(LearnedCascade(), train, test, seed):
            tally.add(name, reached.score, reached.cost_usd)
        tally.add("oracle", test.score.max(axis=1), oracle_cost(test))
    tally.print(f"ZeroEval, {len(POOL)} priced models")


if __name__ == "__main__":
    main()
