"""A model server whose reply is a function of the request alone, and the two ways to put a pipeline to it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from app.library import shipped_documents
from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.document import Pipeline
from pipelines.engine import Engine
from pipelines.exchange.langgraph_file import LanggraphFile, langgraph_file
from pipelines.gateway.direct import DirectProvider
from pipelines.gateway.gateway import Gateway
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.run import Run, RunSettings
from pipelines.store import MemoryLibrary, MemoryStore
from pipelines.value import Document, Query

TEXTS = ("42", "The answer is 42.", "Answer: B", "(B)", "I do not know.", "The capital is Paris.", "x = 1,000.0")
UNCACHED = RunSettings(cache=False)
DRIVER = """
import asyncio, importlib.util, json, runpy, sys

async def ask(path, question):
    spec = importlib.util.spec_from_file_location(path.rsplit("/", 1)[-1][:-3], path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        return await module.answer(question)
    except module.Unusable as error:
        return None

async def main():
    answers = []
    for paths in wanted["groups"]:
        several = [asyncio.gather(*(ask(path, question) for question in wanted["questions"])) for path in paths]
        answers += await asyncio.gather(*several)
    print(json.dumps(answers))

wanted = json.loads(sys.stdin.read())
sys.argv = [wanted["groups"][0][0], wanted["questions"][0]]
runpy.run_path(sys.argv[0], run_name="__main__")
asyncio.run(main())
"""


class Oracle:
    """Answers by the hash of a request; a prompt may say `say=X`, `fail`, `latency=0.5` or `logprob=-3`."""

    def __init__(self) -> None:
        self.base_url = ""
        self.asked: dict[str, set[str]] = {}

    async def chat(self, request: web.Request) -> web.Response:
        body = await request.json()
        shown = {name: value for name, value in body.items() if value is not None}
        way, _, shown["model"] = body["model"].partition("-")
        essence = orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)
        self.asked.setdefault(way, set()).add(essence.decode())
        prompt = body["messages"][0]["content"].split()
        wishes = dict(word.split("=", 1) for word in prompt if "=" in word)
        await asyncio.sleep(float(wishes.get("latency", 0)))
        if "fail" in prompt:
            return web.json_response({"error": {"message": "The script says no."}}, status=400)
        number = int.from_bytes(hashlib.sha256(essence).digest()[:6], "big")
        text = wishes.get("say") or said(body, number)
        choice: dict[str, Any] = {"index": 0, "finish_reason": "stop"}
        choice["message"] = {"role": "assistant", "content": text}
        if body.get("logprobs"):
            logprob = float(wishes.get("logprob", -0.1 if number % 2 else -0.9))
            choice["logprobs"] = {"content": [{"token": text, "logprob": logprob, "top_logprobs": []}]}
        usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
        reply = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        return web.json_response(reply | {"usage": usage})


def said(body: Mapping[str, Any], number: int) -> str:
    """Returns the reply: JSON that mostly follows the schema that was asked for, else one of a few texts."""
    form = body.get("response_format")
    if form is None:
        last = body["messages"][-1]["content"]
        return f"{TEXTS[number % len(TEXTS)]} ({len(last)})" if number % 3 else TEXTS[number % len(TEXTS)]
    if number % 4 == 0:
        return "I would rather not say."
    return json.dumps(filled(form["json_schema"]["schema"], number))


def filled(schema: Mapping[str, Any], number: int) -> Any:
    """Returns data that follows a schema."""
    if "enum" in schema:
        return schema["enum"][number % len(schema["enum"])]
    match schema["type"]:
        case "object":
            return {
                name: filled(part, number // 7 ** (place + 1))
                for place, (name, part) in enumerate(schema["properties"].items())
            }
        case "array":
            return [filled(schema["items"], number // 5 ** (place + 1)) for place in range(schema["minItems"])]
        case "integer":
            return schema["minimum"] + number % (schema["maximum"] - schema["minimum"] + 1)
        case "boolean":
            return bool(number % 2)
    return f"because of {number % 97}"


@asynccontextmanager
async def oracle() -> AsyncIterator[Oracle]:
    """Serves an oracle on loopback."""
    served = Oracle()
    app = web.Application(client_max_size=20_000_000)
    app.router.add_post("/v1/chat/completions", served.chat)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield served
    finally:
        await runner.cleanup()


def catalogue(base_url: str, way: str, **changes: Any) -> Catalogue:
    """Returns models that the oracle knows by the way in which they are asked."""
    entries = [
        ModelEntry.model_validate(
            {
                "name": name,
                "provider": "openai_compatible",
                "target": f"{way}-{name}",
                "base_url": base_url,
                "context_window": 4_000,
                "timeout_s": 20.0,
                **changes,
            }
        )
        for name in ("small", "large")
    ]
    return Catalogue(entries, default="small")


def library(inner: Mapping[str, Pipeline], documents: Mapping[str, tuple[Document, ...]]) -> MemoryLibrary:
    """Returns what pipelines refer to."""
    return MemoryLibrary(inner, {**shipped_documents(), **documents})


def exported(pipeline: Pipeline, models: Catalogue, names: MemoryLibrary, *, lossy: bool = False) -> LanggraphFile:
    """Returns a pipeline as a program."""
    return langgraph_file(
        pipeline, catalogue=models, library=names, documents=names, embedder_name=HashingEmbedder.name, lossy=lossy
    )


async def answers_of_engine(
    pipelines: Sequence[Pipeline], questions: Sequence[str], models: Catalogue, names: MemoryLibrary
) -> list[list[str | None]]:
    """Returns what the engine answers, for each pipeline and question; None where there is no answer."""
    provider, store = DirectProvider(), MemoryStore()
    engine = Engine(
        Gateway(models, {"openai_compatible": provider}, store),
        store,
        library=names,
        documents=names,
        embedder=HashingEmbedder(),
    )
    try:
        wanted = [Run(pipeline=p, query=Query(text=q), settings=UNCACHED) for p in pipelines for q in questions]
        runs = await asyncio.gather(*map(engine.run, wanted))
    finally:
        await provider.aclose()
    texts = [run.answer.text if run.answer else None for run in runs]
    return [texts[place : place + len(questions)] for place in range(0, len(texts), len(questions))]


def written(program: LanggraphFile, path: Path) -> str:
    """Writes a program and returns its path."""
    path.write_text(program.text, encoding="utf-8")
    return str(path)


async def answers_of_programs(
    groups: Sequence[Sequence[LanggraphFile]], questions: Sequence[str], folder: Path
) -> list[list[str | None]]:
    """Returns what exported programs answer, in one process, group after group; the first is run as a command too."""
    paths = [[written(program, folder / f"p_{n}_{m}.py") for m, program in enumerate(g)] for n, g in enumerate(groups)]
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-c", DRIVER, cwd=folder, env=environment,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate(json.dumps({"groups": paths, "questions": questions}).encode())
    assert process.returncode == 0, err.decode()
    printed, *_, answers = out.decode().splitlines()
    found = [list(each) for each in json.loads(answers)]
    assert printed == found[0][0]
    return found
