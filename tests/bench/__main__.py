"""Lists the benchmarks: each is a program of its own, because each wants a quiet machine."""

from __future__ import annotations

import ast
from pathlib import Path


def main() -> None:
    """Prints how to start each program, and what it measures."""
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        told = ast.get_docstring(ast.parse(path.read_text())) or ""
        command = next((line.strip() for line in told.splitlines() if line.strip().startswith("python -m ")), None)
        if command:
            print(f"{command}\n    {told.splitlines()[0]}")


if __name__ == "__main__":
    main()
