"""Routes the test rows with semantic-router on the same vectors and split, and ridge, kNN and references beside it.

python -m tests.bench.router.peer FOLDER --peer PYTHON (a Python that has semantic-router 1.1)
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.choice import best
from pipelines.featurizers.tfidf import Tfidf
from pipelines.learned import LearnedStrategy
from pipelines.outcome.split import split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.knn import Knn
from pipelines.routers.ridge import Ridge
from pipelines.routing.background import Background
from tests.bench.router.tally import TRAIN_SHARE, Tally, tables

DIMENSIONS = 256
MOST_ROWS = 2_000
MINE: dict[str, LearnedStrategy] = {"ridge": Ridge(), "knn": Knn(featurizer=Tfidf(dims=DIMENSIONS))}

PROGRAM = """
import json, sys, time
from typing import Any
import numpy as np
from semantic_router import IndexedRouter, Route
from semantic_router.encoders import DenseEncoder

folder = sys.argv[1]
task = json.load(open(f"{folder}/task.json"))
vectors = dict(zip(task["texts"], np.load(f"{folder}/vectors.npy").tolist()))

class Given(DenseEncoder):
    name: str = "given"
    def __call__(self, docs: list[Any]) -> list[list[float]]:
        return [vectors[doc] for doc in docs]

began = time.perf_counter()
routes = [Route(name=name, utterances=texts) for name, texts in task["routes"].items()]
router = IndexedRouter(encoder=Given(), routes=routes, top_k=40, aggregation="sum")
fitted = time.perf_counter()
chosen = [router(text).name for text in task["asked"]]
done = time.perf_counter()
json.dump({"chosen": chosen, "fit_s": fitted - began, "route_s": done - fitted}, open(f"{folder}/answer.json", "w"))
"""


def asked_of_peer(python: str, train: OutcomeTable, test: OutcomeTable) -> dict[str, Any]:
    """Returns what semantic-router chose; a model's route has the training questions it did best on."""
    words = Tfidf(dims=DIMENSIONS)
    texts = [*dict.fromkeys((*train.queries, *test.queries))]
    vectors = words.lens(words.learn(train.queries)).features(texts, None)
    # Of models that did equally well the one with the better mean is meant.
    winners = best(np.nan_to_num(train.score, nan=-1.0) + 1e-6 * np.nanmean(train.score, axis=0))
    routes = {
        model: [train.queries[row] for row in np.flatnonzero(winners == number)]
        for number, model in enumerate(train.models)
    }
    task = {
        "texts": texts,
        "routes": {model: won for model, won in routes.items() if won},
        "asked": list(test.queries),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "vectors.npy", vectors)
        (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
        (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
        subprocess.run([python, str(folder / "program.py"), name], check=True)
        found: dict[str, Any] = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    return found


def main() -> None:
    """Prints accuracy and times of both on one split."""
    place = sys.argv.index("--peer")
    python = sys.argv[place + 1]
    del sys.argv[place : place + 2]
    table, other = tables()
    train, test = (table, other) if other else split_table(table, (TRAIN_SHARE, 1 - TRAIN_SHARE))
    test = test.rows(np.arange(min(MOST_ROWS, test.n_queries)))
    tally, rows, background = Tally("best single"), np.arange(test.n_queries), Background.of(train)
    tally.rows(test)
    tally.add("random", test.score.mean(axis=1))
    tally.add("best single", test.score[:, int(background.means.argmax())])
    for name, strategy in MINE.items():
        began = time.perf_counter()
        fitted = strategy.fit(train)
        fit_s = time.perf_counter() - began
        began = time.perf_counter()
        chosen = np.array([best(fitted.predict([query]))[0] for query in test.queries])
        print(f"{name}: fit {fit_s:.2f} s, one by one {(time.perf_counter() - began) / len(rows) * 1e3:.2f} ms each")
        tally.add(name, test.score[rows, chosen])
    found = asked_of_peer(python, train, test)
    number = {model: column for column, model in enumerate(table.models)}
    chosen = np.array([number.get(name, int(background.means.argmax())) for name in found["chosen"]])
    each_ms = found["route_s"] / len(rows) * 1e3
    print(f"semantic-router, given the vectors: fit {found['fit_s']:.2f} s, one by one {each_ms:.2f} ms each")
    tally.add("semantic-router", test.score[rows, chosen])
    tally.add("oracle", test.score.max(axis=1))
    tally.print(f"{table.name}, {train.n_queries:,} training and {len(rows):,} test rows")


if __name__ == "__main__":
    main()
