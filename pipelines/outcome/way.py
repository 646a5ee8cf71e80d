"""Ways of asking: a model that answers directly and one that reasons first are two candidates of one table."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from pipelines.chat import Sampling
from pipelines.document import Edge, NodeSpec, Pipeline, Position
from pipelines.error import ConfigurationError
from pipelines.record import Record

JOINT: Final = " · "
STEP_PX: Final = (330.0, 250.0)


class Way(Record):
    """Is how a question is put to a model.

    Source: FusionFactory (Feng et al. 2025), query level: each model answers directly and with reasoning; the
    prompts are our own.
    """

    system_prompt: str
    max_tokens: int


WAYS: Final[Mapping[str, Way]] = {
    "direct": Way(system_prompt="Give the answer at once, without explanation.", max_tokens=256),
    "reasoning": Way(
        system_prompt="Think step by step. End with a line 'Answer:' and the answer alone.", max_tokens=2_048
    ),
}


def candidate_name(model: str, way: str) -> str:
    """Returns the name by which a table knows a model that is asked in a way.

    Raises:
        ConfigurationError: if there is no such way.
    """
    if way not in WAYS:
        raise ConfigurationError(f"There is no way '{way}' of asking; there is {', '.join(WAYS)}.")
    return f"{model}{JOINT}{way}"


def expert_config(candidate: str) -> dict[str, Any]:
    """Returns the configuration of the expert that a table knows by this name: its model, and its way where it has one.

    The name of a model alone, without a way, gives an expert that puts the question as it stands.
    """
    model, joint, way = candidate.rpartition(JOINT)
    if not joint or way not in WAYS:
        return {"model": candidate}
    sampling = Sampling(max_tokens=WAYS[way].max_tokens).model_dump(mode="json", exclude_none=True)
    return {
        "model": model,
        "known_as": candidate,
        "system_prompt": WAYS[way].system_prompt,
        "sampling": {name: value for name, value in sampling.items() if value != []},
    }


def asking(candidate: str) -> Pipeline:
    """Returns question → the expert of a candidate → answer: what is run to record its outcomes."""
    nodes = (
        _node("question", "query_input", "Question", 0, 0),
        _node("expert", "expert", candidate, 1, 0, expert_config(candidate)),
        _node("answer", "answer_output", "Answer", 2, 0),
    )
    return Pipeline(
        name=candidate[:200],
        nodes=nodes,
        edges=(
            Edge(source="question", source_port="query", target="expert", target_port="query"),
            Edge(source="expert", source_port="answer", target="answer", target_port="answers"),
        ),
    )


def model_behind(candidate: str) -> str:
    """Returns the model that a candidate is, or that is asked in its way."""
    return str(expert_config(candidate)["model"])


def routed_experts(
    router: str,
    candidates: Sequence[str],
    *,
    title: str = "",
    score_per_usd: float = 0.0,
    pipelines: Collection[str] = (),
) -> Pipeline:
    """Returns question → trained router → the expert of each candidate → answer.

    Args:
        router: name of the trained router, or name@version.
        candidates: that it knows.
        title: of the router, for people.
        score_per_usd: weighs cost against score; 0 looks at the score alone.
        pipelines: those candidates that are whole pipelines, saved under this name.
    """
    branches = _branches(candidates)
    middle = (len(candidates) - 1) / 2
    config = {
        "router": router,
        "score_per_usd": score_per_usd,
        "branches": [{"name": name, "known_as": candidate} for name, candidate in branches.items()],
    }
    experts = [_expert(place, candidate, candidate in pipelines) for place, candidate in enumerate(branches.values())]
    edges = [Edge(source="question", source_port="query", target="router", target_port="query")]
    for place, name in enumerate(branches):
        edges.append(Edge(source="router", source_port=name, target=f"expert-{place}", target_port="query"))
        edges.append(Edge(source=f"expert-{place}", source_port="answer", target="answer", target_port="answers"))
    return Pipeline(
        name=f"Routed by {title or router}"[:200],
        description=f"The router '{router}' chooses which of {len(candidates)} experts answers.",
        nodes=(
            _node("question", "query_input", "Question", 0, middle),
            _node("router", "expert_router", title or "Expert router", 1, middle, config),
            *experts,
            _node("answer", "answer_output", "Answer", 3, middle),
        ),
        edges=tuple(edges),
    )


def _expert(place: int, candidate: str, is_pipeline: bool) -> NodeSpec:
    kind, config = ("sub_pipeline", {"reference": candidate}) if is_pipeline else ("expert", expert_config(candidate))
    return _node(f"expert-{place}", kind, candidate, 2, place, config)


def _branches(candidates: Sequence[str]) -> dict[str, str]:
    """Returns the candidates by names that ports may have, each its own."""
    found: dict[str, str] = {}
    for candidate in candidates:
        plain = re.sub(r"[^A-Za-z0-9]+", "_", candidate).strip("_")[:50] or "expert"
        name = plain if plain[0].isalpha() else f"m_{plain}"
        found[name if name not in found else f"{name}_{len(found)}"] = candidate
    return found


def _node(
    node_id: str, kind: str, title: str, column: float, row: float, config: Mapping[str, Any] | None = None
) -> NodeSpec:
    place = Position(x=STEP_PX[0] * column, y=STEP_PX[1] * row)
    return NodeSpec(id=node_id, kind=kind, title=title[:200], config=dict(config or {}), position=place)
