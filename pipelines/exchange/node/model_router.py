"""Writes the model router."""

from __future__ import annotations

import numpy as np

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.exchange.likeness import embedding_of
from pipelines.nodes.model_router import ModelRouter, PoolEntry, candidate_of, costs_of
from pipelines.routing.flag import FlaggedDemands
from pipelines.strategies.chance import Chance
from pipelines.strategies.constant import Constant
from pipelines.strategies.length import Length
from pipelines.strategies.price import Price
from pipelines.strategies.similarity import Similarity
from pipelines.strategy import Candidate


def write(node: ModelRouter, draft: NodeDraft) -> Body:
    """Returns the function that chooses the model of the expert behind it."""
    if node.demands != FlaggedDemands():
        draft.refuse("demands sizes, prices or licences of models, which has no form in an exported program")
    candidates = _candidates(node.pool, draft)
    for candidate in candidates:
        draft.model(candidate.name)
    pool = draft.constant("pool", [candidate.name for candidate in candidates])
    lines = [f"scores = {_scores(node, candidates, draft)}"]
    if node.cost_weight:
        costs = costs_of(candidates)
        dearest = float(costs.max(initial=0.0))
        shares = [float(cost) / dearest if dearest > 0 else 0.0 for cost in costs]
        lines.append(f"scores = traded(scores, {draft.constant('costs', shares)}, {node.cost_weight!r})")
    lines.append(f'return {{"choice": ModelChoice({pool}[highest(scores)])}}')
    return Body(says="Chooses the model that the next expert uses.", parameters="query: Query", lines=tuple(lines))


def _candidates(pool: tuple[PoolEntry, ...], draft: NodeDraft) -> list[Candidate]:
    found: dict[str, Candidate] = {}
    for pooled in pool:
        candidate = candidate_of(pooled, draft.entry(pooled.model))
        found.setdefault(candidate.name, candidate)
    return list(found.values())


def _scores(node: ModelRouter, candidates: list[Candidate], draft: NodeDraft) -> str:
    strategy = node.strategy
    if isinstance(strategy, Chance):
        return f"lots(query.text, {strategy.seed}, {len(candidates)})"
    if isinstance(strategy, Length):
        places = [float(place) for place in np.linspace(0.0, 1.0, len(candidates))]
        return f"length_scores(query.text, {strategy.long_words}, {draft.constant('places', places)})"
    if isinstance(strategy, Similarity):
        examples = draft.constant("examples", {each.name: list(each.examples) for each in candidates})
        asked = f"await similarities(query.text, {examples}, {strategy.top_k}, {embedding_of(draft)})"
        return f"list(({asked}).values())"
    if not isinstance(strategy, Constant | Price):
        draft.refuse(f"uses the strategy '{strategy.title}', which has no form in an exported program")
        return "[]"
    # These two do not read the question: every question gets the same scores.
    return draft.constant("scores", [float(score) for score in strategy.score([""], candidates)[0]])
