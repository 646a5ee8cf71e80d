"""Histories, catalogues and pipelines whose true cost and time are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from scipy.special import ndtri

from pipelines.catalogue import Catalogue, ModelEntry, Price
from pipelines.data.example import Example
from pipelines.document import Pipeline
from pipelines.estimate.history import History, PastCall, Sample, node_key
from pipelines.experiment.experiment import Contender
from tests.pipelines.drawing import draw, node

DAY = date(2026, 1, 1)
QUESTION = "Is it hot?"
SMALL = ModelEntry(
    name="small",
    provider="scripted",
    target="s",
    price=Price(input_usd_per_mtok=1.0, output_usd_per_mtok=2.0, as_of=DAY),
)
LARGE = ModelEntry(
    name="large",
    provider="scripted",
    target="l",
    price=Price(input_usd_per_mtok=10.0, output_usd_per_mtok=20.0, as_of=DAY),
)
UNPRICED = ModelEntry(name="new", provider="scripted", target="n")
CATALOGUE = Catalogue([SMALL, LARGE, UNPRICED], default="small")


def contender(pipeline: Pipeline, label: str = "a") -> Contender:
    """Returns the pipeline under that label."""
    return Contender(label=label, pipeline=pipeline)


def examples(count: int = 1) -> list[Example]:
    """Returns equal questions of 3 tokens."""
    return [Example(id=str(number), query=QUESTION) for number in range(count)]


def sample(run: int = 0, **changes: Any) -> Sample:
    """Returns a run of an expert: 100 tokens in, 50 out, 1 s."""
    told: dict[str, Any] = {
        "run": f"run-{run:04}",
        "question_tokens": 3,
        "models": ("small",),
        "calls": 1,
        "input_tokens": 100,
        "output_tokens": 50,
        "list_cost_usd": 0.0002,
        "latency_s": 1.0,
        "ports": ("answer",),
        "choice": None,
    }
    return Sample(**{**told, **changes})


def routed(run: int, port: str, **changes: Any) -> Sample:
    """Returns a run of a router that asked nobody and took that port."""
    nothing = {"models": (), "calls": 0, "input_tokens": 0, "output_tokens": 0, "list_cost_usd": 0.0}
    return sample(run, **{**nothing, "latency_s": 0.001, "ports": (port,), **changes})


def past(pipeline: Pipeline, samples: Mapping[str, Sequence[Sample]], calls: Sequence[PastCall] = ()) -> History:
    """Returns the history in which the nodes of a pipeline did this."""
    from pipelines.estimate.history import history_of

    of_calls = history_of((), calls).calls
    return History({node_key(pipeline.node(name)): tuple(found) for name, found in samples.items()}, of_calls)


def log_normal(median: float, sd: float, count: int = 500, seed: int = 0) -> list[float]:
    """Returns the quantiles of a log-normal distribution in random order."""
    ranks = np.random.default_rng(seed).permutation((np.arange(count) + 0.5) / count)
    return [float(value) for value in median * np.exp(sd * ndtri(ranks))]


def chain(length: int = 1) -> Pipeline:
    """Returns a question that goes through so many experts, `e0` first."""
    nodes = [node("question", "query_input"), *(node(f"e{n}", "expert") for n in range(length))]
    edges = ["question.query > e0.query", *(f"e{n}.answer > e{n + 1}.query" for n in range(length - 1))]
    last = f"e{length - 1}.answer > answer.answers"
    return draw([*nodes, node("answer", "answer_output")], *edges, last)


def fan(join: dict[str, Any] | None = None) -> Pipeline:
    """Returns three experts asked at the same time, whose answers are joined by that rule."""
    experts = [node(f"e{n}", "expert") for n in range(3)]
    out = [f"question.query > e{n}.query" for n in range(3)] + [f"e{n}.answer > vote.answers" for n in range(3)]
    nodes = [node("question", "query_input"), *experts, node("vote", "majority_vote", join=join)]
    return draw([*nodes, node("answer", "answer_output")], *out, "vote.answer > answer.answers")


def forked() -> Pipeline:
    """Returns a rule that sends long questions to the large model and the others to the small one."""
    branches = [{"name": "hard", "condition": "length > 40"}, {"name": "easy", "condition": "length > 0"}]
    nodes = [
        node("question", "query_input"),
        node("router", "rule_router", {"branches": branches}),
        node("dear", "expert", {"model": "large"}),
        node("cheap", "expert", {"model": "small"}),
        node("answer", "answer_output"),
    ]
    return draw(
        nodes,
        "question.query > router.query",
        "router.hard > dear.query",
        "router.easy > cheap.query",
        "dear.answer > answer.answers",
        "cheap.answer > answer.answers",
    )


def cascade() -> Pipeline:
    """Returns a small model that hands over to a large one where it is not sure."""
    nodes = [
        node("question", "query_input"),
        node("first", "cascade", {"model": "small"}),
        node("second", "expert", {"model": "large"}),
        node("answer", "answer_output"),
    ]
    return draw(
        nodes,
        "question.query > first.query",
        "first.escalate > second.query",
        "first.accepted > answer.answers",
        "second.answer > answer.answers",
    )
