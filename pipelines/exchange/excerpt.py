"""Takes the definitions that a program needs out of the modules of Routeloom, as text, with all that they need.

So an exported file holds the very code that runs in the studio, and nothing else.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PART: Final = "pipelines.exchange.part"
_PARTS: Final = (
    "value", "model", "conversation", "structured", "flow", "rewriting", "search", "stemming", "nearest", "choosing",
)  # fmt: skip
ROOTS: Final = (
    *(f"{PART}.{name}" for name in _PARTS),
    "pipelines.prompt",
    "pipelines.panel",
    "pipelines.vote",
    "pipelines.schema",
    "pipelines.word",
    "pipelines.rating",
    "pipelines.catalogue",
)
"""Where the names of a program are looked for, in this order."""

EXTERNAL: Final[Mapping[str, str]] = {
    "acompletion": "litellm",
    "aembedding": "litellm",
    "RateLimitError": "litellm.exceptions",
    "Timeout": "litellm.exceptions",
    "APIConnectionError": "litellm.exceptions",
    "InternalServerError": "litellm.exceptions",
    "ServiceUnavailableError": "litellm.exceptions",
    "entrypoint": "langgraph.func",
    "task": "langgraph.func",
    "best_match": "jsonschema.exceptions",
    "validator_for": "jsonschema.validators",
    "Draft202012Validator": "jsonschema",
}
"""What the program imports and Routeloom does not at that place."""

STANDS_IN: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    **{("pipelines.value", name): (f"{PART}.value", name) for name in ("Query", "Answer", "Document", "Passage")},
    ("pipelines.value", "Passages"): (f"{PART}.value", "Passages"),
    ("pipelines.rating", "Rating"): (f"{PART}.value", "Rating"),
    ("pipelines.vote", "Vote"): (f"{PART}.value", "Vote"),
    ("pipelines.schema", "mismatch"): (f"{PART}.structured", "mismatch"),
    **{
        ("pipelines.error", name): (f"{PART}.value", "Unusable")
        for name in ("ConfigurationError", "DocumentError", "ModelAnsweredGarbage")
    },
}
"""What is replaced by something without Pydantic and without the rest of Routeloom."""

MOST_SIGNS: Final = 88

Place = tuple[str, str]
"""Module and name."""


@dataclass(frozen=True)
class Module:
    """Is a module read as text: its definitions, and where it gets the names that it imports."""

    definitions: Mapping[str, ast.stmt]
    imports: Mapping[str, Place]
    lines: tuple[str, ...]

    def text(self, name: str) -> str:
        """Returns the source of a definition with its decorators."""
        node = self.definitions[name]
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        return "\n".join(self.lines[first - 1 : node.end_lineno])


@dataclass(frozen=True)
class Excerpt:
    """Is what a program needs: import lines and definitions, the latter in an order in which they can be run."""

    imports: tuple[str, ...]
    definitions: str


@cache
def read_module(name: str) -> Module:
    """Returns a module of Routeloom, read and not imported."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise LookupError(f"There is no module '{name}' to take code from.")
    source = Path(spec.origin).read_text(encoding="utf-8")
    definitions: dict[str, ast.stmt] = {}
    imports: dict[str, Place] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import):
            imports |= {alias.asname or alias.name: ("", alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imports |= {alias.asname or alias.name: (node.module or "", alias.name) for alias in node.names}
        else:
            definitions |= dict.fromkeys(_defined(node), node)
    return Module(definitions, imports, tuple(source.splitlines()))


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
        return [node.target.id]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def excerpt_for(program: str) -> Excerpt:
    """Returns what the names in a program stand for that it does not define itself.

    Raises:
        LookupError: if a name stands for nothing.
    """
    gathering = _Gathering()
    tree = ast.parse(program)
    own = {name for node in tree.body for name in _defined(node)}
    for name in sorted(_names(tree) - own - _bound(tree)):
        gathering.root(name)
    return gathering.excerpt()


@cache
def names_of_parts() -> frozenset[str]:
    """Returns every name that an excerpt may hold, so that a program gives none of them to something else."""
    waiting, seen = list(ROOTS), set(ROOTS)
    names = set(EXTERNAL) | set(_DIRECT) | {"GRAPH_", "MODELS", "pipeline", "answer", "main"}
    while waiting:
        module = read_module(waiting.pop())
        names |= set(module.definitions) | set(module.imports)
        further = {origin for origin, _ in module.imports.values() if origin.startswith("pipelines.")} - seen
        seen |= further
        waiting += further
    return frozenset(names)


class _Gathering:
    """Collects definitions depth first, so that each stands behind those that it needs."""

    def __init__(self) -> None:
        self.imports: dict[str, set[str]] = defaultdict(set)
        self.places: dict[Place, None] = {}
        self._begun: set[Place] = set()

    def root(self, name: str) -> None:
        if name in EXTERNAL:
            self.imports[EXTERNAL[name]].add(name)
            return
        for module in ROOTS:
            found = read_module(module)
            place = STANDS_IN.get((module, name), (module, name))
            if name in found.definitions or place != (module, name):
                self._take(place)
                return
        if name in _DIRECT:
            self._import(_DIRECT[name])
        elif not hasattr(builtins, name):
            raise LookupError(f"The exported program names '{name}', which nothing defines.")

    def _take(self, place: Place) -> None:
        if place in self._begun:
            return
        self._begun.add(place)
        module, name = place
        found = read_module(module)
        for wanted in sorted(_names(found.definitions[name]) - {name}):
            self._follow(module, wanted)
        self.places[place] = None

    def _follow(self, module: str, name: str) -> None:
        found = read_module(module)
        place = (module, name) if name in found.definitions else found.imports.get(name)
        if place is None:
            return
        if place[0] == f"{PART}.outside":
            self.imports[EXTERNAL[name]].add(name)
            return
        place = STANDS_IN.get(place, place)
        if not place[0].startswith("pipelines."):
            self._import(place)
        elif place[1] in read_module(place[0]).definitions:
            self._take(place)
        else:
            self._follow(*place)

    def _import(self, place: Place) -> None:
        self.imports[place[0]].add(place[1])

    def excerpt(self) -> Excerpt:
        renamed = _renamed(self.places)
        texts = [_rewritten(place, renamed) for place in self.places]
        return Excerpt(tuple(_import_lines(self.imports)), _spaced(texts))


_DIRECT: Final[Mapping[str, Place]] = {
    "asyncio": ("", "asyncio"),
    "litellm": ("", "litellm"),
    "sys": ("", "sys"),
    "random": ("", "random"),
    "re": ("", "re"),
    "Any": ("typing", "Any"),
}
"""What the text of nodes and of the program imports by itself."""


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _bound(tree: ast.AST) -> set[str]:
    """Returns the names that functions of a program bind: parameters and local variables."""
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    caught = {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}
    return stored | caught | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} | {"__name__"}


def _renamed(places: Iterable[Place]) -> dict[Place, str]:
    """Returns a new name for each definition whose name another module uses too."""
    owners: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        owners[place[1]].append(place)
    return {
        place: f"_{place[0].rpartition('.')[2]}_{name.lstrip('_')}"
        for name, rivals in owners.items()
        for place in rivals[1:]
    }


def _rewritten(place: Place, renamed: Mapping[Place, str]) -> str:
    """Returns the text of a definition with the names that its program has for things."""
    module = read_module(place[0])
    text = module.text(place[1])
    for name in {place[1], *_names(module.definitions[place[1]])}:
        origin = (place[0], name) if name in module.definitions else module.imports.get(name, ("", name))
        target = STANDS_IN.get(origin, origin)
        new = renamed.get(target, target[1] if target in STANDS_IN.values() else name)
        if new != name:
            text = re.sub(rf"(?<![\w.]){re.escape(name)}\b", new, text)
    return re.sub(r"  # (?:noqa: (?!BLE)|fmt: ).*", "", text)


def _import_lines(imports: Mapping[str, set[str]]) -> Iterator[str]:
    """Yields the import lines in the usual order: `import x`, then `from x import y`, those of others last."""
    plain = sorted(imports.get("", ()))
    others = {"langgraph", "litellm", "jsonschema", "orjson"}
    for is_foreign in (False, True):
        lines = [f"import {name}" for name in plain if (name in others) is is_foreign]
        modules = sorted(name for name in imports if name and (name.partition(".")[0] in others) is is_foreign)
        lines += [_import_from(module, sorted(imports[module])) for module in modules]
        if lines and is_foreign:
            yield ""
        yield from lines


def _import_from(module: str, names: list[str]) -> str:
    one_line = f"from {module} import {', '.join(names)}"
    if len(one_line) <= MOST_SIGNS:
        return one_line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _spaced(texts: Iterable[str]) -> str:
    """Returns definitions with the blank lines that Python files have between them."""
    written = ""
    was_block = True
    for text in texts:
        is_block = text.startswith(("def ", "async def ", "class ", "@"))
        written += ("\n\n" if is_block or was_block else "") + text + "\n"
        was_block = is_block
    return written.lstrip("\n")
