"""What others need for the same calls; each function takes the base URL and returns what it took."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

from tests.bench.batch import CALLS, WIDTH, Pace, paced, pool

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
os.environ.setdefault("OPENAI_API_KEY", "none")
os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")


def litellm_alone(url: str) -> Pace:
    """Calls LiteLLM's async completion."""
    import litellm

    litellm.suppress_debug_info = True

    async def one(number: int) -> None:
        await litellm.acompletion(
            model="openai/stub", api_base=url, api_key="none", messages=[{"role": "user", "content": f"q {number}"}]
        )

    return asyncio.run(pool(one))


def langgraph_litellm(url: str) -> Pace:
    """Runs a one-node LangGraph graph whose node calls LiteLLM."""
    from typing import TypedDict

    import litellm
    from langgraph.graph import END, START, StateGraph

    litellm.suppress_debug_info = True

    class State(TypedDict):
        query: str
        answer: str

    async def expert(state: State) -> dict[str, Any]:
        reply = await litellm.acompletion(
            model="openai/stub", api_base=url, api_key="none", messages=[{"role": "user", "content": state["query"]}]
        )
        return {"answer": reply.choices[0].message.content}

    graph = StateGraph(State)
    graph.add_node("expert", expert)
    graph.add_edge(START, "expert")
    graph.add_edge("expert", END)
    compiled = graph.compile()

    async def one(number: int) -> None:
        await compiled.ainvoke({"query": f"q {number}", "answer": ""})

    return asyncio.run(pool(one))


def haystack(url: str) -> Pace:
    """Runs a Haystack async pipeline of one generator."""
    from haystack import Pipeline
    from haystack.components.generators.chat import OpenAIChatGenerator
    from haystack.dataclasses import ChatMessage
    from haystack.utils import Secret

    pipeline = Pipeline()
    pipeline.add_component(
        "expert", OpenAIChatGenerator(model="stub", api_base_url=url, api_key=Secret.from_token("none"))
    )

    async def one(number: int) -> None:
        await pipeline.run_async({"expert": {"messages": [ChatMessage.from_user(f"q {number}")]}})

    return asyncio.run(pool(one))


def dspy_parallel(url: str) -> Pace:
    """Runs DSPy's parallel executor over a one-field signature."""
    import dspy

    dspy.configure(lm=dspy.LM("openai/stub", api_base=url, api_key="none", cache=False))
    predict = dspy.Predict("question -> answer")
    parallel = dspy.Parallel(num_threads=WIDTH, disable_progress_bar=True)
    with paced() as found:
        parallel([(predict, dspy.Example(question=f"q {n}").with_inputs("question")) for n in range(CALLS)])
    return found[0]


def inspect(url: str) -> Pace:
    """Runs an Inspect evaluation of one generation a sample, its log written."""
    import tempfile

    from inspect_ai import Task
    from inspect_ai import eval as evaluate
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.scorer import includes
    from inspect_ai.solver import generate

    os.environ["STUB_API_KEY"] = "none"
    os.environ["STUB_BASE_URL"] = url
    samples = MemoryDataset([Sample(input=f"q {n}", target="Paris") for n in range(CALLS)])
    with tempfile.TemporaryDirectory() as folder, paced() as found:
        evaluate(
            Task(dataset=samples, solver=generate(), scorer=includes()),
            model="openai-api/stub/stub",
            max_connections=WIDTH,
            max_samples=WIDTH,
            log_dir=folder,
            display="none",
        )
    return found[0]


PEERS: dict[str, Callable[[str], Pace]] = {
    "haystack": haystack,
    "litellm": litellm_alone,
    "langgraph + litellm": langgraph_litellm,
    "dspy": dspy_parallel,
    "inspect": inspect,
}
