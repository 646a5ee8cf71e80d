"""A pipeline file is data from a stranger: reading it executes, opens and fetches nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_reading_hostile_files_executes_opens_and_fetches_nothing() -> None:
    # A process of its own, since an audit hook cannot be taken off again.
    command = [sys.executable, "-m", "tests.pipelines.hostile_files"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
