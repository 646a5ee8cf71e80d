"""What is loaded before anybody needs it."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from app.charts.warm import warm
late = ("plotly.graph_objs._figure", "plotly.graph_objs._scatter", "plotly.io._templates")
before = [name for name in late if name in sys.modules]
warm()
print(before, [name for name in late if name not in sys.modules])
"""


def test_what_plotly_loads_late_is_loaded() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    assert told == "[] []\n"
