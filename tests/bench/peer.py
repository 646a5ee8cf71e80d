"""What others need for the same jobs; each function takes the base URL and the job and returns what it took."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypedDict

from tests.bench.job import Job, Pace, asked, paced, pool

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
os.environ.setdefault("OPENAI_API_KEY", "none")
os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")

Ask = Callable[[str], Awaitable[str]]


@asynccontextmanager
async def aiohttp_door(url: str, job: Job) -> AsyncIterator[Ask]:
    """Yields the cheapest way to ask."""
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2 * job.width)) as session:

        async def ask(text: str) -> str:
            body = {"model": "stub", "messages": [{"role": "user", "content": text}]}
            async with session.post(f"{url}/chat/completions", json=body) as response:
                return str((await response.json())["choices"][0]["message"]["content"])

        yield ask


def litellm_door(url: str) -> Ask:
    """Returns LiteLLM's async completion as a way to ask."""
    import litellm

    litellm.suppress_debug_info = True

    async def ask(text: str) -> str:
        reply = await litellm.acompletion(
            model="openai/stub", api_base=url, api_key="none", messages=[{"role": "user", "content": text}]
        )
        return str(reply.choices[0].message.content)

    return ask


def litellm_alone(url: str, job: Job) -> Pace:
    """Calls LiteLLM's async completion from plain asyncio."""
    ask = litellm_door(url)
    return asyncio.run(pool(lambda number: asked(ask, job, number), job))


class State(TypedDict, total=False):
    """Is what flows through the graphs of LangGraph."""

    question: str
    route: str
    left: str
    right: str
    answer: str


def compiled(ask: Ask, job: Job) -> Any:
    """Returns the job's run as a compiled LangGraph graph."""
    from langgraph.graph import END, START, StateGraph

    def step(target: str, *sources: str) -> Callable[[State], Awaitable[dict[str, str]]]:
        async def run(state: State) -> dict[str, str]:
            return {target: await ask(" ".join([target, *(str(state.get(source)) for source in sources)]))}

        return run

    graph = StateGraph(State)
    if job.is_graph:
        graph.add_node("router", step("route", "question"))
        graph.add_node("one", step("left", "question", "route"))
        graph.add_node("other", step("right", "question", "route"))
        graph.add_node("join", step("answer", "question", "left", "right"))
        graph.add_edge(START, "router")
        graph.add_edge("router", "one")
        graph.add_edge("router", "other")
        graph.add_edge(["one", "other"], "join")
        graph.add_edge("join", END)
    else:
        graph.add_node("expert", step("answer", "question"))
        graph.add_edge(START, "expert")
        graph.add_edge("expert", END)
    return graph.compile()


def langgraph_litellm(url: str, job: Job) -> Pace:
    """Runs a LangGraph graph whose nodes call LiteLLM."""
    graph = compiled(litellm_door(url), job)
    return asyncio.run(pool(lambda number: graph.ainvoke({"question": f"q {number}"}), job))


def langgraph_aiohttp(url: str, job: Job) -> Pace:
    """Runs a LangGraph graph whose nodes call aiohttp: the framework alone."""

    async def work() -> Pace:
        async with aiohttp_door(url, job) as ask:
            graph = compiled(ask, job)
            return await pool(lambda number: graph.ainvoke({"question": f"q {number}"}), job)

    return asyncio.run(work())


def lcel_aiohttp(url: str, job: Job) -> Pace:
    """Runs LangChain's `abatch` over lambdas that call aiohttp: the framework alone."""
    from langchain_core.runnables import RunnableLambda, RunnableParallel

    async def work() -> Pace:
        async with aiohttp_door(url, job) as ask:
            chain: Any = RunnableLambda(ask)
            if job.is_graph:
                both = RunnableParallel(one=RunnableLambda(ask), other=RunnableLambda(ask))
                chain = chain | both | RunnableLambda(lambda found: f"{found['one']} {found['other']}") | ask
            await chain.ainvoke("warm up")
            with paced() as found:
                await chain.abatch([f"q {number}" for number in range(job.runs)], config={"max_concurrency": job.width})
            return found[0]

    return asyncio.run(work())


def haystack(url: str, job: Job) -> Pace:
    """Runs a Haystack async pipeline of one generator, or of four."""
    from haystack import Pipeline
    from haystack.components.generators.chat import OpenAIChatGenerator
    from haystack.components.joiners import ListJoiner
    from haystack.dataclasses import ChatMessage
    from haystack.utils import Secret

    pipeline = Pipeline()
    for name in ("router", "left", "right", "join") if job.is_graph else ("router",):
        key = Secret.from_token("none")
        pipeline.add_component(name, OpenAIChatGenerator(model="stub", api_base_url=url, api_key=key))
    if job.is_graph:
        pipeline.add_component("both", ListJoiner(list[ChatMessage]))
        for name in ("left", "right"):
            pipeline.connect("router.replies", f"{name}.messages")
            pipeline.connect(f"{name}.replies", "both")
        pipeline.connect("both", "join.messages")

    async def one(number: int) -> None:
        await pipeline.run_async({"router": {"messages": [ChatMessage.from_user(f"q {number}")]}})

    return asyncio.run(pool(one, job))


def dspy_parallel(url: str, job: Job) -> Pace:
    """Runs DSPy's parallel executor over a one-field signature."""
    import dspy

    if job.is_graph or job.runs > 1_000:
        raise SystemExit("measured for the first job only")
    dspy.configure(lm=dspy.LM("openai/stub", api_base=url, api_key="none", cache=False))
    predict = dspy.Predict("question -> answer")
    parallel = dspy.Parallel(num_threads=job.width, disable_progress_bar=True)
    with paced() as found:
        parallel([(predict, dspy.Example(question=f"q {n}").with_inputs("question")) for n in range(job.runs)])
    return found[0]


def inspect(url: str, job: Job) -> Pace:
    """Runs an Inspect evaluation of one generation a sample, its log written."""
    import tempfile

    from inspect_ai import Task
    from inspect_ai import eval as evaluate
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.scorer import includes
    from inspect_ai.solver import generate

    if job.is_graph or job.runs > 1_000:
        raise SystemExit("measured for the first job only")
    os.environ["STUB_API_KEY"] = "none"
    os.environ["STUB_BASE_URL"] = url
    samples = MemoryDataset([Sample(input=f"q {n}", target="Paris") for n in range(job.runs)])
    with tempfile.TemporaryDirectory() as folder, paced() as found:
        evaluate(
            Task(dataset=samples, solver=generate(), scorer=includes()),
            model="openai-api/stub/stub",
            max_connections=job.width,
            max_samples=job.width,
            log_dir=folder,
            display="none",
        )
    return found[0]


PEERS: dict[str, Callable[[str, Job], Pace]] = {
    "LCEL + aiohttp": lcel_aiohttp,
    "langgraph + aiohttp": langgraph_aiohttp,
    "haystack": haystack,
    "litellm": litellm_alone,
    "langgraph + litellm": langgraph_litellm,
    "dspy": dspy_parallel,
    "inspect": inspect,
}
