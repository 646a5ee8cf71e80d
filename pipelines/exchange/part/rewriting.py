"""What the nodes of an exported program share that write and rewrite answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.exchange.part.model import Model, Reply, ask
from pipelines.exchange.part.structured import rate
from pipelines.nodes.cascade import RATING_PROMPT
from pipelines.nodes.query_rewriter import _bare
from pipelines.nodes.self_refine import CRITIC, REFINE
from pipelines.prompt import quoted
from pipelines.value import Query

RATING_SAMPLING = {"temperature": 0.0, "max_tokens": 300}
CRITIC_SAMPLING = {"temperature": 0.0, "max_tokens": 500}


async def self_rating(model: Model, query: Query, reply: Reply, *, node: str) -> float:
    """Returns how sure a model is of its own answer, from 0 to 1."""
    prompt = f"{RATING_PROMPT}\n\n{quoted('question', query.text)}\n\n{quoted('answer', reply.text)}"
    rating = await rate(model, [{"role": "user", "content": prompt}], RATING_SAMPLING, node=node)
    return float(rating.score)


async def refined(
    model: Model,
    critic: Model,
    messages: list[dict[str, str]],
    sampling: Mapping[str, Any],
    *,
    criteria: str,
    rounds: int,
    stop_score: float,
    node: str,
) -> tuple[Reply, float | None]:
    """Returns the draft that is good enough with its score, or the last one after all rounds."""
    draft = await ask(model, messages, sampling, node=node)
    for _ in range(rounds):
        material = f"{quoted('question', messages[-1]['content'])}\n\n{quoted('answer', draft.text)}"
        asked = f"{CRITIC}\nWhat counts: {criteria}\n\n{material}"
        rating = await rate(critic, [{"role": "user", "content": asked}], CRITIC_SAMPLING, node=node)
        if rating.score >= stop_score:
            return draft, rating.score
        told = f"{quoted('criticism', rating.reason)}\n\n{REFINE}"
        turns = [{"role": "assistant", "content": draft.text}, {"role": "user", "content": told}]
        draft = await ask(model, [*messages, *turns], sampling, node=node)
    return draft, None


def unlabelled(text: str) -> str:
    """Returns what a model wrote, without a label before it and quotes around it."""
    return _bare(text)
