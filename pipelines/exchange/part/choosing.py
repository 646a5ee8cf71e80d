"""How the routers, guards and judges of an exported program decide."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from pipelines.error import DocumentError
from pipelines.exchange.part.conversation import instructed
from pipelines.exchange.part.model import Messages, Model, ask
from pipelines.exchange.part.structured import ask_for_json
from pipelines.nodes.best_of_n import _form, _schema
from pipelines.nodes.guard import _contains
from pipelines.nodes.llm_router import branch_in
from pipelines.panel import candidates, material
from pipelines.schema import parsed
from pipelines.value import Answer, Query
from pipelines.word import fold, words


async def named_branch(
    model: Model, messages: Messages, sampling: Mapping[str, Any], schema: Mapping[str, Any], *, node: str
) -> str | None:
    """Returns the branch that a model names, or None where its reply names none."""
    reply = await ask(model, messages, sampling, node=node, schema=schema, logprobs=model.logprobs)
    return branch_in(reply.text, schema["properties"]["branch"]["enum"])


async def is_allowed(
    model: Model,
    messages: Messages,
    sampling: Mapping[str, Any],
    schema: Mapping[str, Any],
    *,
    when_unclear: bool,
    node: str,
) -> bool:
    """Says whether a model lets a question pass; `when_unclear` decides where its reply is no verdict."""
    reply = await ask(model, messages, sampling, node=node, schema=schema)
    try:
        return bool(parsed(reply.text, schema)["allowed"])
    except DocumentError:
        return when_unclear


def names_any(text: str, phrases: Sequence[str]) -> bool:
    """Says whether a text holds one of the phrases as whole words, without case and diacritics."""
    folded = fold(text)
    return any(_contains(folded, fold(phrase)) for phrase in phrases)


async def best_answer(
    model: Model,
    system: str,
    query: Query,
    answers: Sequence[Answer],
    sampling: Mapping[str, Any],
    *,
    node: str,
    seed: str,
) -> Answer:
    """Returns the answer that a model scores highest; it sees them in random order, the same for the same seed."""
    compared = candidates(answers)
    if len(compared) == 1:
        return compared[0]
    order = Random(seed).sample(range(len(compared)), len(compared))  # noqa: S311  repeatable on purpose
    shuffled = [compared[place] for place in order]
    messages = instructed(system, f"{material(query, shuffled)}\n\n{_form(len(shuffled))}")
    _, data = await ask_for_json(model, messages, sampling, _schema(len(shuffled)), node=node)
    scores = {place: score / 10 for place, score in zip(order, data["scores"], strict=True)}
    named = order[int(data["best"]) - 1]
    best = max(scores, key=lambda place: (scores[place], place == named, -place))
    winner = compared[best]
    return Answer(text=winner.text, model=winner.model, confidence=scores[best], refused=winner.refused)


def confidences(answers: Sequence[Answer]) -> list[float] | None:
    """Returns the confidence of each answer, the mean of the known ones where it has none."""
    known = [answer.confidence for answer in answers if answer.confidence is not None]
    if not known:
        return None
    mean = sum(known) / len(known)
    return [mean if answer.confidence is None else answer.confidence for answer in answers]


def highest(scores: Sequence[float]) -> int:
    """Returns the place of the highest score, of equals the first."""
    return max(range(len(scores)), key=lambda place: (scores[place], -place))


def traded(scores: Sequence[float], costs: Sequence[float], cost_weight: float) -> list[float]:
    """Returns (1 - w) * score - w * cost; a cost is a share of the dearest."""
    return [(1.0 - cost_weight) * score - cost_weight * cost for score, cost in zip(scores, costs, strict=True)]


def length_scores(text: str, long_words: int, places: Sequence[float]) -> list[float]:
    """Returns a score for each place between 0 (for short questions) and 1 (for long ones)."""
    wanted = min(len(words(text)) / long_words, 1.0)
    return [1.0 - abs(wanted - place) for place in places]


def lots(text: str, seed: int, count: int) -> list[float]:
    """Returns numbers by lot in [0, 1), always the same for the same text and seed."""
    keys = [f"{seed}\0{number}".encode() for number in range(count)]
    body = text.encode("utf-8", "surrogatepass")
    drawn = [hashlib.blake2b(body, digest_size=8, key=key).digest() for key in keys]
    return [(int.from_bytes(lot, "big") >> 11) / float(1 << 53) for lot in drawn]
