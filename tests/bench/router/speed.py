"""Fitting on 100,000 texts, single decisions and batches, beside scikit-learn in the same program.

python -m tests.bench.router.speed FOLDER [--weights=FOLDER]
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from pipelines.choice import best
from pipelines.featurizers.embedding import Embedding
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.retrieval.minilm import MiniLmEmbedder
from pipelines.routers.category import Category
from pipelines.routers.cluster import Cluster
from pipelines.routers.ensemble import Ensemble
from pipelines.routers.kernel import Kernel
from pipelines.routers.knn import Knn
from pipelines.routers.ridge import Ridge
from pipelines.space import Space
from tests.bench.router.tally import tables

N_TEXTS = 100_000
N_SINGLE = 1_000
N_KNOWN, N_ASKED, DIMENSIONS = 5_000, 30_000, 384
SINGLE: dict[str, LearnedStrategy] = {
    "ridge": Ridge(),
    "cluster": Cluster(),
    "knn": Knn(),
    "category": Category(),
    "kernel": Kernel(),
    "ensemble": Ensemble(),
}
BY_MEANING: dict[str, LearnedStrategy] = {
    "ridge": Ridge(featurizer=Embedding()),
    "knn": Knn(featurizer=Embedding()),
    "kernel": Kernel(meaning=1.0),
}
N_EMBEDDED = 300


def enlarged(table: OutcomeTable) -> OutcomeTable:
    """Returns 100,000 rows: the questions of the table again and again, each time with other words mixed in."""
    rng = np.random.default_rng(0)
    chosen = rng.integers(table.n_queries, size=N_TEXTS)
    others = rng.integers(table.n_queries, size=N_TEXTS)
    words = [query.split()[:10] for query in table.queries]
    mixed = table.rows(chosen)
    queries = tuple(f"{table.queries[a]} {' '.join(words[b])}" for a, b in zip(chosen, others, strict=True))
    return replace(mixed, queries=queries, ids=tuple(map(str, range(N_TEXTS))))


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Returns wall and processor time; on a busy machine only the latter says what the work needs."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def scikit(table: OutcomeTable) -> None:
    """Fits scikit-learn's words and pairs with a logistic regression of the best model."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = TfidfVectorizer(ngram_range=(1, 2), min_df=2, max_features=50_000).fit_transform(table.queries)
    LogisticRegression(max_iter=100).fit(rows, table.score.argmax(axis=1))


def fits(table: OutcomeTable) -> None:
    """Prints what fitting on 100,000 texts takes."""
    large = enlarged(table)
    theirs = seconds(lambda: scikit(large))
    print(
        f"fit on {N_TEXTS:,} texts: scikit-learn TF-IDF + logistic regression {theirs[0]:.1f} s ({theirs[1]:.1f} CPU)"
    )
    for name, strategy in (("ridge", Ridge()), ("cluster", Cluster())):
        ours = seconds(partial(strategy.fit, large))
        print(f"  {name:10} {ours[0]:6.1f} s ({ours[1]:.1f} CPU), ratio of CPU {ours[1] / theirs[1]:.2f}", flush=True)


def decide(fitted: LearnedStrategy, queries: Sequence[str], space: Space | None = None) -> None:
    """Chooses a model for every query."""
    best(fitted.predict(queries, space=space))


def singles(train: OutcomeTable, asked: Sequence[str]) -> None:
    """Prints percentiles of the time of one decision, without an encoder."""
    for name, strategy in SINGLE.items():
        fitted = strategy.fit(train)
        decide(fitted, asked[:1])
        took = [seconds(partial(decide, fitted, [query])) for query in asked]
        wall, cpu = np.quantile(np.array(took), (0.5, 0.99), axis=0).T * 1e3
        print(
            f"one decision: {name:10} p50 {wall[0]:.2f} ms, p99 {wall[1]:.2f} ms (CPU {cpu[0]:.2f}, {cpu[1]:.2f})",
            flush=True,
        )


def encoded(train: OutcomeTable, asked: Sequence[str], weights: Path) -> None:
    """Prints percentiles of the time of one decision with the local encoder, short questions first, then all."""
    embedder = MiniLmEmbedder(weights)
    known = train.rows(np.arange(min(N_EMBEDDED, train.n_queries)))
    space = asyncio.run(Space.of(embedder, known.queries))
    short = sorted(asked, key=len)[: len(asked) // 2]
    for name, strategy in BY_MEANING.items():
        fitted = strategy.fit(known, space=space)
        for told, queries in (("the shorter half", short), ("all questions", asked)):
            took = [seconds(partial(_encode_and_decide, fitted, query, embedder)) for query in queries[:N_EMBEDDED]]
            wall, cpu = np.quantile(np.array(took), (0.5, 0.99), axis=0).T * 1e3
            times = f"p50 {wall[0]:.2f} ms, p99 {wall[1]:.2f} ms (CPU {cpu[0]:.2f}, {cpu[1]:.2f})"
            words = np.median([len(query.split()) for query in queries])
            print(f"one decision with the encoder: {name:8} {told}, median {words:.0f} words: {times}", flush=True)


def _encode_and_decide(fitted: LearnedStrategy, query: str, embedder: MiniLmEmbedder) -> None:
    decide(fitted, [query], asyncio.run(Space.of(embedder, [query])))


def batches(train: OutcomeTable) -> None:
    """Prints decisions a second on given embeddings, beside scikit-learn's neighbours."""
    from sklearn.neighbors import NearestNeighbors

    rng = np.random.default_rng(0)
    known = train.rows(rng.permutation(train.n_queries)[:N_KNOWN])
    known = replace(known, queries=tuple(f"known {number}" for number in range(known.n_queries)))
    asked = tuple(f"asked {number}" for number in range(N_ASKED))
    vectors = rng.standard_normal((known.n_queries + N_ASKED, DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    space = Space(known.queries + asked, vectors)
    for name, strategy in (
        ("knn", Knn(featurizer=Embedding(), neighbours=15)),
        ("cluster", Cluster(featurizer=Embedding())),
        ("ridge", Ridge(featurizer=Embedding())),
    ):
        fitted = strategy.fit(known, space=space)
        wall, cpu = seconds(partial(decide, fitted, asked, space))
        print(f"given embeddings: {name:10} {N_ASKED / wall:,.0f} decisions/s ({N_ASKED / cpu:,.0f} a CPU second)")
    neighbours = NearestNeighbors(n_neighbors=15, metric="cosine", algorithm="brute").fit(vectors[: known.n_queries])
    part = vectors[known.n_queries :][: N_ASKED // 10]
    wall, cpu = seconds(lambda: known.score[neighbours.kneighbors(part, return_distance=False)].mean(axis=1).argmax(1))
    print(
        f"given embeddings: scikit-learn kNN {len(part) / wall:,.0f} decisions/s ({len(part) / cpu:,.0f} a CPU second)"
    )


def main() -> None:
    """Prints the parts; that of the encoder where the folder of its weights is given."""
    table, _ = tables()
    order = np.random.default_rng(1).permutation(table.n_queries)
    train = table.rows(order[: min(N_KNOWN, table.n_queries // 2)])
    asked = [table.queries[row] for row in order[-N_SINGLE:]]
    weights = next((Path(word[10:]) for word in sys.argv[1:] if word.startswith("--weights=")), None)
    batches(train)
    if weights is not None:
        encoded(train, asked, weights)
    singles(train, asked)
    fits(table)


if __name__ == "__main__":
    main()
