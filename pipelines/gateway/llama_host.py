"""The process in which llama.cpp runs one model: `llama.py` starts this script; it ends with its standard input."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

# A prompt is read in batches of this size; between two of them an abandoned answer is noticed.
BATCH_TOKENS = 128


def main() -> None:
    """Loads the model that the first line of standard input describes, reports its address and serves until the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = json.loads(sys.stdin.readline())
    with os.fdopen(os.dup(1), "w") as parent:
        _silence()
        report, server = _start(settings)
        parent.write(json.dumps(report) + "\n")
    if server is not None:
        sys.stdin.read()
    # The orderly way would wait for answers that nobody wants any more.
    os._exit(0)


def _silence() -> None:
    """Sends what the runtime prints, whatever its verbosity, nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def _start(settings: dict[str, Any]) -> tuple[dict[str, str], Any]:
    try:
        import xllamacpp
    except ImportError as error:
        return {"missing": str(error)[:300]}, None
    try:
        server = xllamacpp.Server(_parameters(xllamacpp.CommonParams(), settings))
    except RuntimeError as error:
        return {"refused": str(error)[:300]}, None
    return {"address": server.listening_address}, server


def _parameters(parameters: Any, settings: dict[str, Any]) -> Any:
    parameters.model.path = settings["path"]
    parameters.model_alias = {"embedded"}
    parameters.n_ctx = settings["slots"] * settings["window_tokens"]
    parameters.n_parallel = settings["slots"]
    parameters.n_batch = parameters.n_ubatch = BATCH_TOKENS
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = settings["threads"]
    parameters.verbosity = -1
    parameters.offline = True
    parameters.warmup = parameters.fit_params = False
    # The default is a cache of up to 8 GiB of finished prompts beside the one in the slots.
    parameters.cache_ram_mib = 0
    # The port is on loopback; with a random key no other program can use it, nor a page in a browser.
    parameters.api_keys = [settings["key"]]
    parameters.cors_origins = ""
    parameters.ui = parameters.endpoint_slots = False
    parameters.n_threads_http = settings["slots"] + 2
    return parameters


if __name__ == "__main__":
    main()
