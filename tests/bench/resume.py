"""480 calls whose process is killed four times: rows that were lost, and answers that were bought twice for nothing.

    python -m tests.bench.resume [--seeds 1 2 3]

A call is avoidable if it is made again although its answer was stored when the process was killed. What was in flight
then is paid twice by anybody.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from app.loop import LoopThread
from tests.app.experiment.killing import Toll, killed
from tests.app.experiment.scene import experiment, opened, store_facts, two_steps
from tests.pipelines.gateway.stub import serving

ROWS, WIDTH, KILLS = 240, 16, 4


def measure(seed: int) -> Toll:
    """Runs the experiment against a server in this process and returns what the kills have cost."""
    loop, context = LoopThread(), serving()
    server = loop.call(context.__aenter__())
    try:
        with tempfile.TemporaryDirectory() as name:
            home = Path(name)
            with opened(home, server.base_url) as workspace:
                store_facts(workspace, ROWS)
                workspace.experiments.create(experiment(two_steps(), concurrency=WIDTH))
            return killed(home, server, seed=seed, kills=KILLS)
    finally:
        loop.call(context.__aexit__(None, None, None))
        loop.close()


def main() -> None:
    """Prints a row for each seed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    print(f"{2 * ROWS} calls, {WIDTH} rows at a time, killed {KILLS} times")
    print(f"{'seed':>6}{'avoidable':>12}{'rows lost':>12}{'in flight':>12}")
    for seed in parser.parse_args().seeds:
        toll = measure(seed)
        print(f"{seed:>6}{toll.avoidable:>12}{toll.lost:>12}{toll.in_flight:>12}", flush=True)


if __name__ == "__main__":
    main()
