"""Records in which every field, down to the last, differs from its default."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from pydantic_core import PydanticUndefined

from pipelines.catalogue import ModelEntry, Price
from pipelines.chat import Attempt, Call, ChatRequest, Measured, Message, Reply, Sampling, TokenLogprob, Usage
from pipelines.document import Edge, JoinRule, NodeSpec, Note, Pipeline, Position
from pipelines.record import Record
from pipelines.run import Budget, Decision, Fired, Run, RunSettings, Span, Totals
from pipelines.trait import ModelTraits
from pipelines.value import Answer, Document, ModelChoice, Passage, Passages, Query, Verdict

STARTED_AT = datetime(2026, 3, 29, 2, 30, 15, 123456, tzinfo=timezone(timedelta(hours=2)))
STRANGE = "naïve 漢字 🦜 \x00 \u2028 \ud800 'quoted\" \\ {x}"


def unchanged_fields(record: Record) -> list[str]:
    """Returns the places of the fields that have their default wherever they occur."""
    found = dict(_fields(record, ""))
    for place, differs in _fields(record, ""):
        found[place] |= differs
    return [place for place, differs in found.items() if not differs]


def _fields(record: Record, place: str) -> Iterator[tuple[str, bool]]:
    """Yields the place of each field that has a default, and whether its value is another."""
    for name, field in type(record).model_fields.items():
        value, here = getattr(record, name), f"{place}{type(record).__name__}.{name}"
        default = field.get_default(call_default_factory=True, validated_data={})
        if default is not PydanticUndefined and name not in ("type", "schema_version"):
            yield here, value != default
        for inner in _records_in(value):
            yield from _fields(inner, f"{here}: ")


def _records_in(value: Any) -> list[Record]:
    if isinstance(value, Record):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return [record for item in inner for record in _records_in(item)]


QUERY = Query(
    text=f"Which river? {STRANGE}",
    tags=("geography", "short"),
    language="en",
    documents=(Document(title="Rivers", text="The Rhine " * 10),),
)
ANSWER = Answer(
    text=f"The Rhine. {STRANGE}",
    model="big",
    candidate="big, step by step",
    confidence=0.75,
    output_tokens=13,
    latency_s=2.25,
    data={"river": ["Rhine", 1, 2.5, None, True], "length_km": 1_233},
    refused=True,
)
PIPELINE = Pipeline(
    name="Rivers 漢",
    description="asks about rivers",
    nodes=(
        NodeSpec(
            id="ask",
            kind="query_input",
            version=2,
            title="Ask",
            config={"a": [1, 2.5, {"b": None}], "z": "ß"},
            position=Position(x=1.5, y=-2.0),
            disabled=True,
            pinned={
                "answer": ANSWER.model_copy(update={"text": "pinned"}),
                "query": QUERY.model_copy(update={"text": "q"}),
                "documents": Passages(passages=(Passage(title="t", text="x", score=0.5, ordinal=3),)),
                "model": ModelChoice(model="big"),
                "verdict": Verdict(score=0.5, reason="so so"),
            },
            join=JoinRule(rule="k_of_n", k=2),
            on_error="silent",
        ),
        NodeSpec(id="end", kind="expert", bypassed=True),
    ),
    edges=(Edge(source="ask", source_port="query", target="end", target_port="answer"),),
    notes=(Note(id="n1", text="mind the gap", position=Position(x=0.0, y=9.0), width=300, height=200),),
)
TOTALS = Totals(
    calls=3,
    cached_calls=1,
    cost_usd=0.1,
    list_cost_usd=0.3,
    notional=True,
    input_tokens=11,
    output_tokens=2**70,
)
SPAN = Span(
    node_id="outer/ask",
    kind="expert",
    title="Ask",
    status="failed",
    start_s=0.25,
    latency_s=1.5,
    totals=TOTALS,
    models=("big", "small"),
    inputs={"query": ("ask.query", "other.query")},
    fired=Fired(
        ports={"answer": ANSWER, "query": QUERY},
        decision=Decision(scores={"a": 0.1, "b": -3.0}, threshold=0.5, reason="b is far"),
    ),
    reused=True,
    pinned=True,
    bypassed=True,
    reason="because",
    error_kind="ModelTimedOut",
    error="The model took too long.",
)
RUN = Run(
    id="run-1",
    pipeline=PIPELINE,
    query=QUERY,
    settings=RunSettings(
        model="big", seed=7, budget=Budget(usd=1.0, seconds=2.0, calls=3), cache=False, node_timeout_s=5.0, to_node="a"
    ),
    workflow="rivers",
    experiment="e-1",
    version=4,
    parent_id="run-0",
    status="failed",
    answer=ANSWER,
    error="It failed.",
    spans=(SPAN,),
    totals=TOTALS,
    latency_s=2.75,
    started_at=STARTED_AT,
)
CALL = Call(
    id="call-1",
    run_id="run-1",
    node_id="ask",
    model="big",
    provider="litellm",
    key="k" * 64,
    request=ChatRequest(
        messages=(Message(role="user", content=f"Which river? {STRANGE}"),),
        model="big",
        sampling=Sampling(temperature=0.5, top_p=0.9, max_tokens=100, stop=("END",)),
        response_schema={"type": "object", "properties": {"river": {"type": "string"}}},
        logprobs=True,
        sample=2,
        seed=2**70,
        purpose="judge",
    ),
    reply=Reply(
        text=f"The Rhine. {STRANGE}",
        usage=Usage(input_tokens=11, output_tokens=2**70, cached_input_tokens=3, estimated=True),
        finish_reason="length",
        logprobs=(TokenLogprob(token=" Rh", logprob=-0.123456789012345, top={" Rh": -0.1, "\x00": -9.5}),),
        first_token_s=0.125,
        recorded=Measured(output_tokens=12, latency_s=0.75),
        vectors="AAAA",
    ),
    attempts=(Attempt(latency_s=0.5, cost_usd=0.01, error_kind="ModelOverloaded", error="busy"),),
    cost_usd=0.1,
    list_cost_usd=0.3,
    notional=True,
    latency_s=1.25,
    source="cache",
    error_kind="ModelTimedOut",
    error="late",
    started_at=STARTED_AT,
)
MODEL = ModelEntry(
    name="big",
    provider="openai_compatible",
    target="llama-70b",
    base_url="https://models.example/v1",
    key_env="BIG_KEY",
    price=Price(
        input_usd_per_mtok=0.1,
        output_usd_per_mtok=0.3,
        cached_input_usd_per_mtok=0.01,
        as_of=date(2026, 3, 29),
        source="the price page",
        notional=True,
    ),
    context_window=8_192,
    max_output_tokens=1_024,
    max_concurrency=3,
    timeout_s=9.5,
    supports_logprobs=False,
    supports_json_schema=False,
    traits=ModelTraits(
        parameters_b=70.6, released_on=date(2026, 3, 1), licence="apache-2.0", region="eu", modalities=("text", "image")
    ),
    note="a note",
)
LATER = datetime(2026, 3, 29, 3, 0, tzinfo=UTC)


def call(number: int = 1, **changes: Any) -> Call:
    """Returns a call with an id and a key of its own."""
    return CALL.model_copy(update={"id": f"call-{number}", "key": f"key-{number}", **changes})


def run(number: int = 1, **changes: Any) -> Run:
    """Returns a run with an id of its own, which belongs to no experiment."""
    return RUN.model_copy(update={"id": f"run-{number}", "experiment": None, **changes})


def pipeline(name: str = "Rivers", **config: Any) -> Pipeline:
    """Returns a pipeline of one node with that configuration."""
    return Pipeline(name=name, nodes=(NodeSpec(id="ask", kind="query_input", config=config),))
