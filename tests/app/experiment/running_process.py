"""A program that takes up an experiment: `python -m tests.app.experiment.running_process HOME BASE_URL`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.app.experiment.scene import opened

if __name__ == "__main__":
    with opened(Path(sys.argv[1]), sys.argv[2]) as workspace:
        print(workspace.experiments.resume("x1").result().status, flush=True)
