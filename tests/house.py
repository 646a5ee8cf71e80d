"""Reads the imports of every module: for the architecture test, and printed as a graph by `make house`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAYERS = ("app", "storage", "pipelines")


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """Returns the modules that each module of the product imports, at its top or inside a function."""
    found = {}
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            if "node_modules" not in path.parts:
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                found[name] = frozenset(_imported(ast.parse(path.read_text())))
    return found


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Call) and _called(node) == "import_module" and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def main() -> None:
    """Prints every module with the modules of the product that it imports."""
    graph = imports()
    for module, wanted in graph.items():
        own = sorted(name for name in wanted if name.partition(".")[0] in LAYERS)
        print(module, *(f"\n    → {name}" for name in own), sep="")


if __name__ == "__main__":
    main()
