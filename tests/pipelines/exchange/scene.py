"""Pipelines that together use every kind, option and join of an exported program."""

from __future__ import annotations

import random
from typing import Any

from pipelines.document import Edge, NodeSpec, Pipeline
from pipelines.value import Document
from tests.pipelines.drawing import draw, edge, node

SCHEMA = {
    "type": "object",
    "properties": {"score": {"type": "integer", "minimum": 0, "maximum": 3}, "why": {"type": "string"}},
    "required": ["score", "why"],
}
DOCUMENTS = {
    "garden": (
        Document(title="Beans", text="Runner beans climb poles. They need water in July.\n\nPick them young. " * 9),
        Document(title='Café "Rosé"', text="The café opens at nine; it serves tea, cakes and \\n biscuits. " * 7),
    )
}
BRANCHES = [{"name": "a", "description": "Numbers"}, {"name": "b", "description": "Everything else"}]


def chain(kind: str, config: dict[str, Any], out: str = "answer") -> Pipeline:
    """Returns question → node → answer."""
    return draw(
        [node("q", "query_input"), node("it", kind, config), node("out", "answer_output")],
        "q.query > it.query",
        f"it.{out} > out.answers",
        name=kind,
    )


def routed(kind: str, config: dict[str, Any], *branches: str) -> Pipeline:
    """Returns question → router → an expert for each branch → answer."""
    experts = [node(f"on_{name}", "expert", {"system_prompt": f"Branch {name}."}) for name in branches]
    return draw(
        [node("q", "query_input"), node("it", kind, config), *experts, node("out", "answer_output")],
        "q.query > it.query",
        *(f"it.{name} > on_{name}.query" for name in branches),
        *(f"on_{name}.answer > out.answers" for name in branches),
        name=kind,
    )


def panel(kind: str, config: dict[str, Any], *, asks: bool = True, **more: Any) -> Pipeline:
    """Returns question → four experts → aggregator → answer."""
    experts = [
        node(
            f"e-{n}",
            "expert",
            {"system_prompt": f"Expert {n}.", "sampling": {"temperature": 0.4 * n}, "logprobs": n > 1},
        )
        for n in range(4)
    ]
    return draw(
        [node("q", "query_input"), *experts, node("it", kind, config, **more), node("out", "answer_output")],
        *(f"q.query > e-{n}.query" for n in range(4)),
        *(f"e-{n}.answer > it.answers" for n in range(4)),
        *(["q.query > it.query"] if asks else []),
        "it.answer > out.answers",
        name=kind,
    )


def cascade(config: dict[str, Any]) -> Pipeline:
    """Returns question → cascade → stronger expert → answer."""
    return draw(
        [
            node("q", "query_input", {"tags": ["vip", "it's"]}),
            node("it", "cascade", config),
            node("strong", "expert", {"model": "large", "prompt_template": "{tags}|{language}|{query}"}),
            node("out", "answer_output"),
        ],
        "q.query > it.query",
        "it.escalate > strong.query",
        "it.accepted > out.answers",
        "strong.answer > out.answers",
        name="cascade",
    )


def with_documents(kind: str, config: dict[str, Any]) -> Pipeline:
    """Returns question → documents → expert → answer."""
    return draw(
        [node("q", "query_input"), node("it", kind, config), node("e", "expert"), node("out", "answer_output")],
        "q.query > it.query",
        "q.query > e.query",
        "it.documents > e.documents",
        "e.answer > out.answers",
        name=kind,
    )


def chosen(config: dict[str, Any], **more: Any) -> Pipeline:
    """Returns question → model router → expert → answer."""
    return draw(
        [
            node("q", "query_input"),
            node("it", "model_router", config, **more),
            node("e", "expert"),
            node("out", "answer_output"),
        ],
        "q.query > it.query",
        "q.query > e.query",
        "it.choice > e.choice",
        "e.answer > out.answers",
        name="model_router",
    )


def judged() -> Pipeline:
    """Returns an answer that is judged, with the verdict and the answer in another prompt, and few-shot examples."""
    shots = [{"question": "Two and two?", "answer": "4"}, {"question": "{query}?", "answer": '"""\''}]
    prompt = 'Verdict: {verdict}\nDraft: {draft}\n{{"q": {query}}}'
    return draw(
        [
            node("q", "query_input"),
            node("draft", "expert", {"examples": shots, "system_prompt": "a\\b \"c\" 'd' \u2028 {x}\n'''"}),
            node("it", "judge", {"pass_threshold": 0.5, "rubric": "Is it right?"}),
            node("last", "expert", {"prompt_template": prompt}),
            node("other", "query_rewriter", {"strategy": "hyde"}),
            node("again", "expert"),
            node("out", "answer_output"),
        ],
        "q.query > draft.query",
        "q.query > it.query",
        "draft.answer > it.answer",
        "it.passed > last.query",
        "draft.answer > last.draft",
        "it.verdict > last.verdict",
        "it.failed > other.query",
        "other.query > again.query",
        "last.answer > out.answers",
        "again.answer > out.answers",
        name="judged",
    )


def kinds() -> list[Pipeline]:
    """Returns a pipeline for each kind and option that can be exported."""
    similar = [
        {"name": "a", "examples": ["How many?", "Count them"]},
        {"name": "b", "examples": ["Who?", "Tell me why"]},
    ]
    pool = [{"model": "small", "examples": ["How many?"]}, {"model": "large", "examples": ["Who?"]}]
    rules = [
        {"name": "a", "condition": "text =~~ '(?i)\\bhow\\b' and not (words > 6 or 'x' in tags)"},
        {"name": "b", "condition": "text.as_lower.starts_with('who') or length >= 60.5 or text in ['', 'yes']"},
    ]
    return [
        chain("expert", {"response_schema": SCHEMA, "sampling": {"temperature": 1.0, "top_p": 0.5, "stop": ["X"]}}),
        *(cascade({"rule": rule, "threshold": 0.6}) for rule in ("mean_logprob", "self_rating", "agreement")),
        cascade({"rule": "schema", "response_schema": SCHEMA}),
        judged(),
        *(panel("majority_vote", {"compare": c, "weigh_by_confidence": c == "auto"}, asks=False)
          for c in ("auto", "text", "number", "choice")),
        panel("majority_vote", {}, asks=False, join={"rule": "k_of_n", "k": 4}),
        panel("best_of_n", {}),
        panel("synthesis", {}),
        routed("rule_router", {"branches": rules, "default": "c"}, "a", "b", "c"),
        routed("rule_router", {"branches": rules, "mode": "every"}, "a", "b"),
        routed("llm_router", {"branches": BRANCHES, "default": "b", "instruction": " Be quick. "}, "a", "b"),
        routed("semantic_router", {"branches": similar, "default": "c", "threshold": 0.3}, "a", "b", "c"),
        routed("semantic_router", {"branches": similar, "top_k": 1}, "a", "b"),
        guarded(),
        *(rewritten({"strategy": s, "instruction": "Shout."}) for s in ("clarify", "step_back", "translate", "custom")),
        chain("self_refine", {"rounds": 3, "critic_model": "large", "stop_score": 0.9}),
        chain("self_consistency", {"samples": 4}),
        chosen({"pool": pool, "strategy": {"kind": "length", "long_words": 8}, "cost_weight": 0.2}),
        chosen({"pool": pool, "strategy": {"kind": "chance", "seed": 3}}),
        chosen({"pool": pool, "strategy": {"kind": "constant", "place": 2}}),
        chosen({"pool": pool, "strategy": {"kind": "similarity"}}),
        chosen({"pool": pool}, pinned={"choice": {"type": "model", "model": "large"}}),
        with_documents("retriever", {"document_set": "garden", "method": "bm25", "top_k": 2, "chunk_words": 20,
                                     "overlap_words": 5}),
        with_documents("long_context", {"document_set": "garden", "max_tokens": 150}),
        with_documents("long_context", {"document_set": "garden"}),
    ]  # fmt: skip


def bypassed() -> list[Pipeline]:
    """Returns pipelines in which nodes of every group are bypassed, and some in which they cannot be."""
    whole = [
        *(judged(), guarded(), rewritten({}), cascade({}), chosen({}), chain("expert", {})),
        panel("synthesis", {}),
        panel("majority_vote", {}, asks=False, join={"rule": "k_of_n", "k": 2}),
        with_documents("retriever", {"document_set": "garden"}),
        routed("llm_router", {"branches": BRANCHES, "default": "b"}, "a", "b"),
    ]
    found = [around(pipeline, "it") for pipeline in whole] + [around(judged(), "last"), around(judged(), "draft")]
    for seed in range(12):
        pipeline = grown(seed)
        works = [spec.id for spec in pipeline.nodes if spec.id.startswith("n") and not spec.disabled]
        found.append(around(pipeline, random.Random(seed).choice(works)))
    return found


def around(pipeline: Pipeline, node_id: str) -> Pipeline:
    """Returns the pipeline with one node bypassed."""
    nodes = tuple(spec.model_copy(update={"bypassed": True}) if spec.id == node_id else spec for spec in pipeline.nodes)
    return pipeline.model_copy(update={"nodes": nodes})


def guarded() -> Pipeline:
    """Returns question → guard → expert → answer, with a refusal."""
    config = {"blocked_phrases": ["Café", "forget it all"], "max_characters": 100, "moderation": True}
    return draw(
        [node("q", "query_input"), node("it", "guard", config), node("e", "expert"), node("out", "answer_output")],
        "q.query > it.query",
        "it.passed > e.query",
        "it.refused > out.answers",
        "e.answer > out.answers",
        name="guard",
    )


def nested() -> Pipeline:
    """Returns a pipeline that lets two others, `inner` and `vote`, compete."""
    return draw(
        [
            node("q", "query_input"),
            node("one", "sub_pipeline", {"reference": "inner"}),
            node("two", "sub_pipeline", {"reference": "vote"}),
            node("best", "best_of_n"),
            node("out", "answer_output"),
        ],
        "q.query > one.query",
        "q.query > two.query",
        "q.query > best.query",
        "one.answer > best.answers",
        "two.answer > best.answers",
        "best.answer > out.answers",
        name="outer",
    )


def rewritten(config: dict[str, Any]) -> Pipeline:
    """Returns question → rewriter → expert → answer."""
    return draw(
        [
            node("q", "query_input"),
            node("it", "query_rewriter", config),
            node("e", "expert"),
            node("out", "answer_output"),
        ],
        "q.query > it.query",
        "it.query > e.query",
        "e.answer > out.answers",
        name="query_rewriter",
    )


def race(rule: str, **more: Any) -> Pipeline:
    """Returns three experts of very different speed that meet at a merge of the given join rule."""
    experts = [
        node("slow", "expert", {"system_prompt": "say=slow latency=1.2"}),
        node("quick", "expert", {"system_prompt": "say=quick latency=0.01"}),
        node("middle", "expert", {"system_prompt": "say=middle latency=0.6"}),
        node("failing", "expert", {"system_prompt": "fail"}, on_error="silent"),
    ]
    names = [spec.id for spec in experts]
    return draw(
        [
            node("q", "query_input"),
            *experts,
            node("it", "majority_vote", {"compare": "text"}, join={"rule": rule, **more}),
            node("last", "expert", {"prompt_template": "{query} {voted}"}),
            node("out", "answer_output"),
        ],
        *(f"q.query > {name}.query" for name in names),
        *(f"{name}.answer > it.answers" for name in names),
        "it.answer > last.voted",
        "q.query > last.query",
        "last.answer > out.answers",
        name=rule,
    )


def grown(seed: int) -> Pipeline:
    """Returns a pipeline of experts, cascades, merges and votes in which edges lead only forward, by lot."""
    lot = random.Random(seed)
    nodes = [node("q", "query_input")]
    edges: list[Edge] = []
    outputs = [("q.query", "query")]
    for number in range(lot.randint(2, 9)):
        answers = [name for name, kind in outputs if kind == "answer"]
        kind = lot.choice(["expert", "cascade", "merge", *(["majority_vote", "merge_answers"] if answers else [])])
        spec, into, fired = _grown_node(f"n{number}", kind, lot)
        pool = answers if into in ("answers", "values") and kind != "merge" else [name for name, _ in outputs]
        count = lot.randint(1, min(4, len(pool))) if into in ("answers", "values") else 1
        edges += [edge(f"{source} > {spec.id}.{into}") for source in lot.sample(pool, count)]
        nodes.append(spec)
        outputs += [(f"{spec.id}.{port}", kind) for port, kind in fired]
    finals = [name for name, kind in outputs if kind == "answer"] or [outputs[-1][0]]
    nodes.append(node("out", "answer_output"))
    edges += [edge(f"{name} > out.answers") for name in lot.sample(finals, min(2, len(finals))) if "answer" in name
              or "accepted" in name]  # fmt: skip
    if not any(each.target == "out" for each in edges):
        nodes.append(node("last", "expert"))
        edges += [edge(f"{finals[0]} > last.query"), edge("last.answer > out.answers")]
    return Pipeline(name=f"Grown {seed}", nodes=tuple(nodes), edges=tuple(edges))


def _grown_node(node_id: str, kind: str, lot: random.Random) -> tuple[NodeSpec, str, list[tuple[str, str]]]:
    more = {"disabled": lot.random() < 0.1, "on_error": lot.choice(["fail", "silent"])}
    script = f"node={node_id} logprob={lot.choice([-0.1, -3.0])}" + (" fail" if lot.random() < 0.2 else "")
    pinned = {"answer": {"type": "answer", "text": f"pinned {node_id}"}} if lot.random() < 0.1 else None
    match kind:
        case "expert":
            return (
                node(node_id, "expert", {"system_prompt": script}, pinned=pinned, **more),
                "query",
                [("answer", "answer")],
            )
        case "cascade":
            config = {"system_prompt": script, "rule": "mean_logprob", "threshold": 0.5}
            return node(node_id, "cascade", config, **more), "query", [("accepted", "answer"), ("escalate", "query")]
        case "merge":
            config = {"carries": "query"}
            join = {"rule": "all_taken"}
            return node(node_id, "merge", config, join=join, **more), "values", [("query", "query")]
        case "merge_answers":
            return node(node_id, "merge", {}, join={"rule": "all_taken"}, **more), "values", [("answer", "answer")]
    return node(node_id, "majority_vote", {"compare": "text"}, **more), "answers", [("answer", "answer")]
