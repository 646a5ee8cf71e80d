"""Tokens per second of the embedded model through the whole stack against the bare runtime, side by side.

ROUTELOOM_MODELS_HOME=.models python -m tests.bench.embedded
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.config import Config
from app.workspace import Workspace
from pipelines.weights import weight
from tests.pipelines.drawing import single_expert

TOKENS = 128
ROUNDS = 5
QUESTION = "Tell a long story about a lighthouse keeper and a whale."

BARE = """
import json, sys, time, xllamacpp
p = xllamacpp.CommonParams(); p.model.path = sys.argv[1]; p.n_ctx = 4096; p.n_parallel = 1; p.verbosity = -1
p.cpuparams.n_threads = int(sys.argv[2]); p.cpuparams_batch.n_threads = int(sys.argv[2]); p.warmup = False
server = xllamacpp.Server(p)
rates = []
for n in range(int(sys.argv[4]) + 1):
    start = time.perf_counter()
    messages = [{"role": "user", "content": sys.argv[5] + " " * n}]
    body = {"temperature": 0, "messages": messages, "max_tokens": int(sys.argv[3])}
    reply = server.handle_chat_completions(body)
    rates.append(reply["usage"]["completion_tokens"] / (time.perf_counter() - start))
print(json.dumps(rates[1:]))
"""


def bare(path: Path, threads: int) -> list[float]:
    """Returns tokens per second of each round of the runtime alone."""
    command = [sys.executable, "-c", BARE, str(path), str(threads), str(TOKENS), str(ROUNDS), QUESTION]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout.strip().splitlines()[-1]))


def whole(config: Config) -> list[float]:
    """Returns tokens per second of each round through workspace, engine, gateway, storage, streaming."""
    rates = []
    pipeline = single_expert(sampling={"temperature": 0.0, "max_tokens": TOKENS})
    with (
        tempfile.TemporaryDirectory() as home,
        Workspace(config.model_copy(update={"home": Path(home), "models_home": config.weights_folder})) as workspace,
    ):
        for number in range(ROUNDS + 1):
            start_s = time.perf_counter()
            run = workspace.run(pipeline, QUESTION + " " * number, on_event=lambda _: None)
            rates.append(run.totals.output_tokens / (time.perf_counter() - start_s))
    return rates[1:]


def main() -> None:
    """Prints both medians and their ratio."""
    config = Config()
    path = config.weights_folder / weight("smollm2-135m").file_name
    ours, alone = statistics.median(whole(config)), statistics.median(bare(path, 1))
    print(f"embedded model: {ours:.1f} tokens/s through the stack, {alone:.1f} bare, ratio {ours / alone:.2f}")


if __name__ == "__main__":
    main()
