"""Makes a pipeline in which a trained router chooses the model of an expert."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from pipelines.catalogue import Catalogue
from pipelines.document import Edge, NodeSpec, Pipeline, Position
from pipelines.outcome.way import model_behind
from pipelines.trained import RouterCard

STEP_PX: Final = 330.0
EDGES: Final = (
    ("question", "query", "router", "query"),
    ("question", "query", "expert", "query"),
    ("router", "choice", "expert", "choice"),
    ("expert", "answer", "answer", "answers"),
)


def routed_pipeline(
    card: RouterCard, version: int, aliases: Mapping[str, str | None], *, score_per_usd: float | None = None
) -> Pipeline:
    """Returns question → trained router → expert → answer.

    Args:
        card: of the router.
        version: which one of its versions is used.
        aliases: the catalogue's name of each model of the router, None for the default model.
        score_per_usd: weighs cost against score; 0 chooses by the score alone, None as the card says.
    """
    config: dict[str, Any] = {"router": f"{card.name}@{version}"}
    if score_per_usd:
        config |= {"objective": "trade_off", "score_per_usd": score_per_usd}
    elif score_per_usd is None and card.objective is not None:
        config |= card.objective.config()
    others = [{"known_as": name, "model": model} for name, model in aliases.items() if name != model]
    if others:
        config["aliases"] = others
    nodes = (
        _node("question", "query_input", "Question", 0.0, {}),
        _node("router", "learned_router", card.title or "Learned router", 1.0, config),
        _node("expert", "expert", "Expert", 2.0, {}),
        _node("answer", "answer_output", "Answer", 3.0, {}),
    )
    edges = tuple(Edge(source=a, source_port=b, target=c, target_port=d) for a, b, c, d in EDGES)
    told = f"The router '{card.name}' (version {version}) chooses which of {len(card.models)} models answers."
    return Pipeline(name=f"Routed by {card.title or card.name}", description=told, nodes=nodes, edges=edges)


def drawn_pipelines(card: RouterCard, catalogue: Catalogue, known: Collection[str]) -> frozenset[str] | None:
    """Returns which candidates of a router are saved pipelines, where each is to be drawn as an expert of its own.

    That is where one is such a pipeline (of the `known`) or a way of asking a model; None where they are models alone,
    or one of them is nothing that can be drawn.
    """
    pipelines = frozenset(m for m in card.models if m not in catalogue and m.partition("@")[0] in known)
    ways = {model for model in card.models if model_behind(model) != model}
    drawable = all(model in pipelines or model_behind(model) in catalogue for model in card.models)
    return pipelines if drawable and (pipelines or ways) else None


def likely_aliases(card: RouterCard, catalogue: Catalogue) -> dict[str, str | None]:
    """Returns for each model of the router the model of the catalogue with its name, or None."""
    known = {entry.name: entry.name for entry in catalogue} | {entry.target: entry.name for entry in catalogue}
    return {model: known.get(model) for model in card.models}


def _node(node_id: str, kind: str, title: str, step: float, config: dict[str, Any]) -> NodeSpec:
    place = Position(x=STEP_PX * step, y=0.0 if node_id != "router" else -120.0)
    return NodeSpec(id=node_id, kind=kind, title=title[:200], config=config, position=place)
