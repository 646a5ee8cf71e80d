"""What others do for the job of `tests.bench.resume`: begin, or take up what a kill has left, in the peer's own Python.

    PYTHON -m tests.bench.resume_peer langgraph|inspect FOLDER BASE_URL ROWS WIDTH

LangGraph asks through aiohttp and keeps checkpoints in SQLite (WAL, durability `sync`); Inspect recovers the log of the
killed evaluation and retries it, as its manual says.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, TypedDict

TASK = """
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageUser
from inspect_ai.solver import generate, solver

@solver
def again():
    async def solve(state, generate):
        state.messages.append(ChatMessageUser(content="Again."))
        return state
    return solve

@task
def questions():
    samples = [Sample(id=n + 1, input=f"question {n}", target="hello") for n in range(ROWS)]
    return Task(dataset=MemoryDataset(samples), solver=[generate(), again(), generate()])
"""


class State(TypedDict, total=False):
    """Is what flows through the graph."""

    question: str
    first: str
    second: str


async def langgraph(folder: Path, url: str, rows: int, width: int) -> None:
    """Runs two calls a row on a graph with checkpoints, and goes on with every thread that has not ended."""
    import aiohttp
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver  # type: ignore[import-not-found]
    from langgraph.graph import END, START, StateGraph

    async with (
        aiohttp.ClientSession() as session,
        AsyncSqliteSaver.from_conn_string(str(folder / "graph.db")) as saver,
    ):
        await saver.conn.execute("PRAGMA synchronous=NORMAL")

        def step(source: str, target: str) -> Any:
            async def ask(state: State) -> dict[str, str]:
                body = {"model": "m", "messages": [{"role": "user", "content": str(state.get(source))}]}
                async with session.post(f"{url}/chat/completions", json=body) as response:
                    return {target: (await response.json())["choices"][0]["message"]["content"]}

            return ask

        graph = StateGraph(State)
        graph.add_node("one", step("question", "first"))
        graph.add_node("two", step("first", "second"))
        graph.add_edge(START, "one")
        graph.add_edge("one", "two")
        graph.add_edge("two", END)
        compiled = graph.compile(checkpointer=saver)
        numbers = iter(range(rows))

        async def work() -> None:
            for number in numbers:
                config: Any = {"configurable": {"thread_id": str(number)}}
                known = await compiled.aget_state(config)
                if "second" not in known.values:
                    question: Any = None if known.created_at else {"question": f"question {number}"}
                    await compiled.ainvoke(question, config, durability="sync")

        await asyncio.gather(*(work() for _ in range(width)))


def inspect(folder: Path, url: str, rows: int, width: int) -> None:
    """Becomes an Inspect evaluation, or the retry of the one that was killed."""
    command = str(Path(sys.executable).with_name("inspect"))
    task = folder / "questions.py"
    task.write_text(TASK.replace("ROWS", str(rows)))
    logs = folder / "logs"
    settings = {"STUB_API_KEY": "none", "STUB_BASE_URL": url, "XDG_DATA_HOME": str(folder)}
    environment = {**os.environ, **settings}
    common = ["--log-dir", str(logs), "--display", "none"]
    found = sorted(logs.glob("*.eval"), key=lambda path: path.stat().st_mtime)
    width_options = ["--max-connections", str(width), "--max-samples", str(width)]
    if not found:
        arguments = ["eval", task.name, "--model", "openai-api/stub/stub", *width_options, *common]
    else:
        recover = [command, "log", "recover", str(found[-1]), "--overwrite"]
        subprocess.run(recover, cwd=folder, env=environment, check=True, capture_output=True)
        arguments = ["eval-retry", str(found[-1]), *width_options, *common]
    os.chdir(folder)
    # The process itself becomes the evaluation, so that a kill meets it.
    os.execve(command, [command, *arguments], environment)


def main() -> None:
    """Begins or goes on."""
    name, folder, url, rows, width = sys.argv[1:]
    if name == "langgraph":
        asyncio.run(langgraph(Path(folder), url, int(rows), int(width)))
    else:
        inspect(Path(folder), url, int(rows), int(width))


if __name__ == "__main__":
    main()
