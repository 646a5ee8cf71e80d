"""Starts and stops the process in which llama.cpp runs one model, and asks it over loopback."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from pipelines.chat import ChatRequest, Reply
from pipelines.error import ConfigurationError, DocumentError, ModelRejectedRequest, ModelUnreachable
from pipelines.gateway.direct import Exchange
from pipelines.gateway.provider import TokenSink
from pipelines.gguf import read_header

STOP_S = 5.0
DEATH_S = 1.0
_TOO_LONG = re.compile(r"request \((\d+) tokens\) exceeds the available context size \((\d+) tokens\)")


class LlamaProcess:
    """Is a loaded model with its slots, which answer side by side.

    It is a process of its own because the runtime holds Python's global lock while it loads (0.4 s for 135M parameters,
    seconds for 1.5B, in which nothing else would move), and because what kills it (a damaged file, too little memory)
    then kills nothing else. It ends with this process, however that ends.

    Attributes:
        address: base URL of its server on loopback, which serves nobody without the key.
    """

    def __init__(
        self, path: Path, *, slots: int, threads: int, window_tokens: int, python: str = sys.executable
    ) -> None:
        """Starts the process and loads the weights; blocks for half a second to several.

        Raises:
            ConfigurationError: if the runtime is not installed or cannot load the file.
        """
        try:
            header = read_header(path)
        except DocumentError as error:
            raise ConfigurationError(f"{error} Remove it and fetch it again.") from error
        self._key = secrets.token_urlsafe(32)
        settings = {
            "path": str(path),
            "slots": slots,
            "threads": threads,
            "window_tokens": min(window_tokens, header.context_tokens or window_tokens),
            "key": self._key,
        }
        self._process = subprocess.Popen(  # noqa: S603 - our own script, no shell
            [python, "-P", str(Path(__file__).with_name("llama_host.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.address = self._start(settings, f"'{path}' ({header.name}, {header.architecture})")

    @property
    def is_alive(self) -> bool:
        """Says whether the process runs."""
        return self._process.poll() is None

    def _start(self, settings: dict[str, Any], weights: str) -> str:
        report = self._handshake(settings)
        if "address" in report:
            return str(report["address"])
        self.close()
        if "missing" in report:
            raise ConfigurationError(
                "Embedded models need the package xllamacpp, which cannot be imported here "
                f"({report['missing']}); install it with `pip install 'routeloom[local]'`."
            )
        raise ConfigurationError(
            f"llama.cpp cannot load the weight file {weights}: it is damaged, of a kind that this version does not "
            "know, or needs more memory than is free."
        )

    def _handshake(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Returns what the process reports about its start; empty where it died."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            return {}
        try:
            stdin.write(json.dumps(settings).encode() + b"\n")
            stdin.flush()
            report: dict[str, Any] = json.loads(stdout.readline() or b"{}")
        except (BrokenPipeError, ValueError):
            return {}
        return report

    async def chat(self, subject: str, body: dict[str, Any], request: ChatRequest, on_token: TokenSink | None) -> Reply:
        """Returns the answer to a body in OpenAI's format; when the caller is cancelled the model stops, too.

        Raises:
            ModelError: if the model did not answer; `subject` opens its sentence.
        """
        exchange = Exchange(subject, request, on_token, time.perf_counter)
        try:
            async with (
                self._session() as session,
                session.post("/v1/chat/completions", data=orjson.dumps(body)) as reply,
            ):
                return await exchange.read(reply)
        except ModelRejectedRequest as error:
            raise _plainer(error, subject) from None
        except ModelUnreachable:
            await asyncio.to_thread(self._await_death)
            raise
        except (aiohttp.ClientError, OSError) as error:
            await asyncio.to_thread(self._await_death)
            raise ModelUnreachable(f"{subject} stopped working in the middle of a call.") from error

    async def count_tokens(self, text: str) -> int:
        """Returns how many tokens the model makes of the text.

        Raises:
            ModelUnreachable: if the process stopped working.
        """
        body = orjson.dumps({"content": text.encode("utf-8", "replace").decode()})
        try:
            async with self._session() as session, session.post("/tokenize", data=body) as reply:
                return len(orjson.loads(await reply.read())["tokens"])
        except (aiohttp.ClientError, OSError) as error:
            await asyncio.to_thread(self._await_death)
            raise ModelUnreachable("The tokenizer of the embedded model does not answer.") from error

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            self.address,
            headers={"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"},
            timeout=aiohttp.ClientTimeout(total=None),
        )

    def _await_death(self) -> None:
        """Gives a process that broke a connection the moment it needs to be seen as dead, if it is dying."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(DEATH_S)

    def close(self) -> None:
        """Ends the process and frees its memory; answers under way break off."""
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def _plainer(error: ModelRejectedRequest, subject: str) -> ModelRejectedRequest:
    too_long = _TOO_LONG.search(str(error))
    if too_long is None:
        return error
    return ModelRejectedRequest(
        f"{subject} takes at most {too_long[2]} tokens of prompt and answer together, and the prompt alone has "
        f"{too_long[1]}; shorten it or choose another model."
    )
