"""Is a program: reads hostile pipeline files and prints what Python's audit hook saw meanwhile, as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.document import load_pipeline
from pipelines.error import RouteloomError
from pipelines.graph import find_problems
from pipelines.nodes import node_kinds
from pipelines.store import MemoryLibrary
from tests.pipelines.drawing import draw, node

WATCHED = ("exec", "compile", "import", "open", "os.", "socket.", "subprocess.", "shutil.", "ctypes.", "sqlite3.")
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "../../etc/passwd",
            "file:///etc/passwd",
            "http://169.254.169.254/",
            "__import__('os').system('true')",
            "{query.__class__}",
            "{{7*7}}",
            "length > 5",
            "text =~ '(a+)+$'",
            "'; drop table run; --",
            "<img src=x onerror=alert(1)>",
            "\x00",
        ]
    ),
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
SCHEMAS = st.fixed_dictionaries({}, optional=dict.fromkeys(("type", "pattern", "$ref", "$id", "$schema"), ANYTHING))
BRANCHES = st.lists(st.fixed_dictionaries({"name": TEXTS, "condition": TEXTS, "description": TEXTS}), max_size=3)


def _node(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    fields = [*node_kinds()[kind].model_fields, "api_base", "headers"]
    config = st.dictionaries(st.sampled_from(fields), st.one_of(TEXTS, ANYTHING, SCHEMAS, BRANCHES), max_size=3)
    rest = dict.fromkeys(("pinned", "join", "disabled", "bypassed", "version"), ANYTHING)
    return st.fixed_dictionaries({"id": st.sampled_from("abc"), "kind": st.just(kind), "config": config}, optional=rest)


PORTS = st.sampled_from(["query", "answer", "answers", "x"])
EDGES = st.fixed_dictionaries(
    {"source": st.sampled_from("abcd"), "source_port": PORTS, "target": st.sampled_from("abcd"), "target_port": PORTS}
)
FILES = st.fixed_dictionaries(
    {
        "schema_version": st.just(1),
        "nodes": st.lists(
            st.sampled_from(sorted(node_kinds())).flatmap(_node), max_size=3, unique_by=lambda n: n["id"]
        ),
        "edges": st.lists(EDGES, max_size=3),
    }
)
CATALOGUE = Catalogue([ModelEntry(name="m", provider="scripted", target="m")], default="m")
seen: list[str] = []
watching = False


def _hook(name: str, arguments: tuple[object, ...]) -> None:
    if watching and name.startswith(WATCHED):
        seen.append(f"{name} {arguments!r:.200}")


def _read(text: str) -> None:
    try:
        pipeline = load_pipeline(text)
        find_problems(pipeline, catalogue=CATALOGUE, library=MemoryLibrary())
        assert load_pipeline(pipeline.to_json()) == pipeline
    except RouteloomError as error:
        str(error).encode()


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
@given(FILES)
def _all(content: dict[str, Any]) -> None:
    global watching
    text = json.dumps(content)
    watching = True
    try:
        _read(text)
    finally:
        watching = False


def _warm_up() -> None:
    """Lets the first use of each node kind and library compile what is their own."""
    expert = node("e", "expert", {"response_schema": {"pattern": "a"}})
    router = node("r", "rule_router", {"branches": [{"name": "x", "condition": "text =~ 'a'"}]})
    kinds = [node(f"k{number}", kind) for number, kind in enumerate(node_kinds())]
    _read(draw([expert, router, *kinds], "e.answer > e.query").to_json())


if __name__ == "__main__":
    _warm_up()
    sys.addaudithook(_hook)
    _all()
    print(json.dumps(seen))
