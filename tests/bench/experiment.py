"""An experiment of 50,000 rows against one of 5,000: peak memory; and how long pages wait for 100,000 stored rows.

    python -m tests.bench.experiment [--rows 5000 50000]

The model is one that answers at once, so that what is measured is all ours: engine, gateway, journal, scores, rows.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.catalogue import ModelEntry
from pipelines.chat import ChatRequest, Reply, Usage
from pipelines.data.data_set import DataSet
from pipelines.data.example import Example
from pipelines.experiment.experiment import Contender, Experiment, ExperimentSettings
from pipelines.gateway.provider import TokenSink
from storage import Storage, open_storage
from storage.experiment_page import RowFilter

STORED = 100_000


class AtOnce:
    """Answers every question with the same word, and remembers nothing."""

    async def complete(self, entry: ModelEntry, request: ChatRequest, on_token: TokenSink | None) -> Reply:
        """Returns the word."""
        return Reply(text="Paris", usage=Usage(input_tokens=12, output_tokens=3))

    async def aclose(self) -> None:
        """Does nothing: there is nothing to give back."""


def make(file: Path, rows: int) -> None:
    """Stores a data set of so many rows and an experiment over it."""
    from app.experiment.source import pin_data, take_columns
    from tests.pipelines.drawing import single_expert

    examples = (
        Example(id=f"e{n}", query=f"question {n}", references=("Paris",), tags=(("easy", "hard")[n % 2],))
        for n in range(rows)
    )
    drawn = Experiment(
        id="x1",
        contenders=(Contender(label="one", pipeline=single_expert()),),
        data_set="facts",
        data_hash="",
        scorers=({"kind": "exact_match"},),
        settings=ExperimentSettings(concurrency=64),
    )
    with open_storage(file) as storage:
        storage.data_sets.put(DataSet(name="facts", examples=tuple(examples)))
        pinned = pin_data(storage, drawn)
        storage.experiments.create(pinned, *take_columns(storage, pinned))


def run(file: Path) -> dict[str, float]:
    """Runs the stored experiment and returns the seconds it took and the peak memory of this process in MB."""
    from app.experiment.experiments import Experiments
    from app.loop import LoopThread, settle_collector
    from pipelines.catalogue import Catalogue
    from pipelines.engine import Engine, PlainFlow
    from pipelines.gateway.gateway import Gateway
    from pipelines.retrieval.hashing import HashingEmbedder
    from pipelines.store import MemoryLibrary

    settle_collector()
    with open_storage(file) as storage:
        entry = ModelEntry(name="quick", provider="scripted", target="quick", max_concurrency=64)
        gateway = Gateway(Catalogue([entry], default="quick"), {"scripted": AtOnce()}, storage.runs)
        library, embedder, loop = MemoryLibrary(), HashingEmbedder(), LoopThread()
        engine = Engine(gateway, storage.runs, library=library, documents=library, embedder=embedder, flow=PlainFlow())
        begun_s = time.perf_counter()
        end = Experiments(storage, engine, library, embedder, loop).start("x1").result()
        wall_s = time.perf_counter() - begun_s
        loop.close()
    if end.done != end.total:
        raise SystemExit(f"{end.done} of {end.total} rows are done: {end.error}")
    return {"wall_s": wall_s, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def fill(storage: Storage) -> None:
    """Stores an experiment of 100,000 rows as it is after a run: two pipelines that differ on a third of the rows."""
    from pipelines.experiment.experiment import Row, run_id_of
    from pipelines.experiment.results import ExampleColumns
    from pipelines.scorer import Score
    from storage.experiment_writer import RowWriter, write_of
    from tests.pipelines.drawing import single_expert

    count = STORED // 2
    columns = ExampleColumns(
        ids=tuple(f"e{n}" for n in range(count)),
        tags=tuple((("easy", "hard", "odd")[n % 3],) for n in range(count)),
        groups=(None,) * count,
        difficulties=(None,) * count,
    )
    contenders = tuple(Contender(label=label, pipeline=single_expert()) for label in ("one", "two"))
    drawn = Experiment(id="x2", contenders=contenders, data_set="d", data_hash="h", scorers=({"kind": "exact_match"},))
    storage.experiments.create(drawn, columns, range(count))
    known = next(info for info in storage.experiments.list() if info.id == "x2")
    with storage.database.read() as connection:
        number = connection.exec_driver_sql(f"SELECT number FROM experiment WHERE id = '{known.id}'").scalar_one()
    writer = RowWriter(storage.database)

    def row(contender: int, example: int) -> Row:
        score = Score(value=float(example % 3 != contender), reason="expected 42, found 41")
        return Row(
            contender=contender, example=example, status="done", run_id=run_id_of("x2", contender, example, 0, 0),
            run_status="done", answer="Paris is the capital of France. " * 6, scores={"exact_match": score},
            route=(f"router.{('easy', 'hard')[example % 2]}",), models=("small",), calls=2, cost_usd=0.001,
            list_cost_usd=0.001, input_tokens=120, output_tokens=30, latency_s=0.8,
        )  # fmt: skip

    for start in range(0, count, 500):
        places = [(contender, example) for example in range(start, start + 500) for contender in (0, 1)]
        outcomes = writer.commit([write_of(number, row(*place), ("exact_match",)) for place in places])
        if any(outcome is not None for outcome in outcomes):
            raise SystemExit(str(outcomes[0]))


def read(folder: Path) -> None:
    """Prints how long pages wait for 100,000 rows: the best of five, the file opened anew."""
    file = folder / "read.db"
    with open_storage(file) as storage:
        fill(storage)
    with open_storage(file) as storage:
        found = storage.experiments
        questions: dict[str, Callable[[], Any]] = {
            "results, first time": lambda: found.results("x2"),
            "results": lambda: found.results("x2"),
            "page": lambda: found.rows("x2", limit=50),
            "page far behind": lambda: found.rows("x2", offset=90_000, limit=50),
            "page: one pipeline, failed": lambda: found.rows("x2", RowFilter(contender=1, status="failed"), limit=50),
            "page: tag and score": lambda: found.rows("x2", RowFilter(tag="hard", greatest_score=0.5), limit=50),
            "page: where two differ": lambda: found.rows("x2", RowFilter(differ=(0, 1)), limit=50),
            "progress": lambda: found.progress("x2"),
            "remainder": lambda: found.remainder("x2"),
        }
        for name, question in questions.items():
            seconds = []
            for _ in range(1 if name.endswith("first time") else 5):
                begun_s = time.perf_counter()
                question()
                seconds.append(time.perf_counter() - begun_s)
            print(f"{name:28}{min(seconds):>8.3f} s", flush=True)


def main() -> None:
    """Prints the peaks, their ratio, and the waits."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", nargs=2, type=int, default=[5_000, 50_000])
    parser.add_argument("--one", type=Path)
    parser.add_argument("--make", type=Path)
    options = parser.parse_args()
    if options.make:
        make(options.make, options.rows[0])
        return
    if options.one:
        print(json.dumps(run(options.one)))
        return
    with tempfile.TemporaryDirectory() as name:
        peaks = []
        for rows in options.rows:
            file = Path(name) / f"{rows}.db"
            command = [sys.executable, "-m", "tests.bench.experiment"]
            # In a process of its own: a process inherits the peak of the one that started it.
            subprocess.run([*command, "--make", str(file), "--rows", str(rows), str(rows)], check=True)
            command += ["--one", str(file)]
            done = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            peaks.append(done["peak_mb"])
            print(f"{rows:>7,} rows: peak {done['peak_mb']:.0f} MB, {rows / done['wall_s']:,.0f} rows/s", flush=True)
        print(f"memory of {options.rows[1]:,} rows over {options.rows[0]:,}: {peaks[1] / peaks[0]:.2f}", flush=True)
        read(Path(name))


if __name__ == "__main__":
    main()
