"""The Python of the README runs as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.pipelines.local_weight import MODELS, needs_runtime, needs_smollm2

ROOT = Path(__file__).parents[1]


@needs_runtime
@needs_smollm2
def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert blocks, "README.md shows no Python"
    settings = {"ROUTELOOM_HOME": str(tmp_path), "ROUTELOOM_MODELS_HOME": str(MODELS), "PYTHONPATH": str(ROOT)}
    for block in blocks:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", block],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, **settings},
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()
