"""Votes on MMLU-Pro alone, without the routes, which take much longer: the same pools, splits and rows as `mmlu_pro`.

python -m tests.bench.router.mmlu_pro_votes FOLDER [TEST_FOLDER]
"""

from __future__ import annotations

import numpy as np

from pipelines.outcome.split import split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.category import Category
from pipelines.routers.vote import Vote
from pipelines.routing.background import Background
from pipelines.routing.vote import ballots, elected_scores, panel, vote_weights
from tests.bench.router.tally import Tally, parts, tables

SMALL = (
    "Meta-Llama-3_1-8B-Instruct",
    "mathstral-7B",
    "Phi-3-mini-4k-instruct",
    "Meta-Llama-3_1-8B",
    "Meta-Llama-3-8B",
    "gemma-7b",
    "Mistral-7B-v0.1",
    "Mistral-7B-Instruct-v0.2",
    "Mistral-7B-v0.2-hf",
)
MIDDLE = (
    "jamba-1.5-large",
    "Qwen1.5-110B",
    "Qwen1.5-72B-Chat",
    "Mixtral-8x7B-Instruct-v0.1",
    "Mixtral-8x7B-v0.1",
    "Yi-34B",
    "c4ai-command-r-v01",
    "Llama-2-70b-hf",
)
LEAST_SHARE = 0.95
"""A model that was asked fewer of the questions is left out, so that the rows stay."""
PANELS = (2, 3, 4, 5, 7)


def pools(table: OutcomeTable) -> dict[str, tuple[str, ...]]:
    """Returns the models of each pool by its name."""
    asked = 1 - table.missing.mean(axis=0)
    whole = tuple(model for model, share in zip(table.models, asked, strict=True) if share > LEAST_SHARE)
    return {"All": whole, "Small": SMALL, "Middle": MIDDLE}


def best_size(train: OutcomeTable) -> int:
    """Returns the size of the panel that does best inside the training rows."""
    known, held = split_table(train, (0.7, 0.3), seed=11)
    skills = Category().fit(known).predict(held.queries)
    votes, weights = ballots(held), vote_weights(skills)
    gains = [float(elected_scores(held, panel(votes, skills, size), weights).mean()) for size in PANELS]
    return PANELS[int(np.argmax(gains))]


def add_votes(tally: Tally, train: OutcomeTable, test: OutcomeTable, seed: int) -> None:
    """Takes what votes elect on the test rows."""
    learned = Vote().fit(train, seed=seed)
    skills = learned.posterior(test.queries) @ learned.state["means"]
    votes, weights = ballots(test), vote_weights(skills)
    tally.add("vote: majority", elected_scores(test, votes, np.ones(len(test.models))))
    tally.add("vote: by skill", elected_scores(test, votes, vote_weights(Background.of(train).means)))
    tally.add("vote: by skill in the task", elected_scores(test, votes, weights))
    chosen = panel(votes, skills, best_size(train))
    tally.add("vote: panel by skill in the task", elected_scores(test, chosen, weights))
    plain = vote_weights(learned.predict(test.queries))
    tally.add("vote: learned", elected_scores(test, votes, plain))
    told = learned.weights(test.queries, test.output_tokens)
    tally.add("vote: learned, with lengths", elected_scores(test, votes, told))


def main() -> None:
    """Prints one table for each pool."""
    table, test_table = tables()
    for title, models in pools(table).items():
        tally = Tally("best single")
        kept = None if test_table is None else test_table.columns(models).complete()
        for seed, train, test in parts(table.columns(models).complete(), kept):
            tally.rows(test)
            tally.add("random", test.score.mean(axis=1))
            tally.add("best single", test.score[:, int(Background.of(train).means.argmax())])
            add_votes(tally, train, test, seed)
            tally.add("oracle", test.score.max(axis=1))
        tally.print(f"{title}, {len(models)} models")


if __name__ == "__main__":
    main()
