"""The layers, the one importer of each library, and what no module may do."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from tests.house import LAYERS, ROOT, imports

ALLOWED = {
    "pipelines": {"pipelines"},
    "storage": {"storage", "pipelines"},
    "app": {"app", "storage", "pipelines", "assets"},
}

IMPORTERS = {
    "langgraph": ("pipelines.engine.flow",),
    "litellm": ("pipelines.gateway.litellm_provider",),
    "xllamacpp": ("pipelines.gateway.llama_host",),
    "jsonschema": ("pipelines.schema_check",),
    "networkx": ("pipelines.graph",),
    "rule_engine": ("pipelines.condition",),
    "yaml": ("pipelines.exchange.intake.untrusted",),
    "regex": ("pipelines.pattern",),
    "py3langid": ("pipelines.language",),
    "onnxruntime": ("pipelines.retrieval.minilm",),
    "bm25s": ("pipelines.retrieval.bm25",),
    "sacrebleu": ("pipelines.scorers.bleu", "pipelines.scorers.chrf"),
    "pyarrow": ("pipelines.readers.parquet",),
    "statsmodels": ("pipelines.statistics.agreement",),
    "PIL": ("pipelines.exchange.raster",),
    "plotly": ("app.charts",),
    "streamlit": ("app",),
    "typer": ("app.cli",),
    "sqlmodel": ("storage",),
    "sqlalchemy": ("storage",),
    "alembic": ("storage",),
}

FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "dill", "joblib", "shelve", "marshal"}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_the_layers_below_it(layer: str) -> None:
    wrong = [
        f"{module} imports {wanted}"
        for module, all_wanted in imports().items()
        if module.partition(".")[0] == layer
        for wanted in all_wanted
        if wanted.partition(".")[0] in {*LAYERS, "assets", "tests"} and wanted.partition(".")[0] not in ALLOWED[layer]
    ]
    assert wrong == []


@pytest.mark.parametrize("library", sorted(IMPORTERS))
def test_a_library_is_imported_in_its_one_place(library: str) -> None:
    places = {module for module, wanted in imports().items() if any(w.partition(".")[0] == library for w in wanted)}
    homes = IMPORTERS[library]
    strangers = sorted(m for m in places if not any(m == home or m.startswith(f"{home}.") for home in homes))
    assert strangers == []
    assert places, f"nothing imports {library}: take it out of the list and of the dependencies"


def test_no_module_evaluates_text_or_unpickles() -> None:
    wrong = []
    for layer in LAYERS:
        for path in (ROOT / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
                if name in FORBIDDEN_CALLS:
                    wrong.append(f"{path}:{node.lineno} calls {name}")
    wrong += [f"{module} imports {bad}" for module, wanted in imports().items() for bad in wanted & FORBIDDEN_MODULES]
    assert wrong == []


def test_no_module_of_app_hides_a_dependency_or_a_standard_module() -> None:
    import sys
    from importlib.metadata import packages_distributions

    taken = set(sys.stdlib_module_names) | set(packages_distributions()) | {*LAYERS, "assets", "tests"}
    own = {path.stem for path in (ROOT / "app").glob("*.py")} | {p.name for p in (ROOT / "app").iterdir() if p.is_dir()}
    assert own & taken - {"__init__", "__pycache__"} == set()


def test_no_file_names_a_registry_host_or_a_path_of_one_machine() -> None:
    marks = (
        "index-" + "url",
        "extra-" + "index",
        '"resolved": ' + '"http',
        "pypi" + ".org",
        "/ro" + "ot/",
        "/wo" + "rk/",
    )
    suffixes = {".toml", ".txt", ".json", ".md", ".yaml", ".yml", ".py", ".ts", ".tsx", ""}
    wrong = []
    for path in _repository_files():
        if path.suffix in suffixes and path.name != "LICENSE":
            text = path.read_text(errors="replace")
            wrong += [f"{path}: {mark}" for mark in marks if mark in text]
    assert wrong == []


def _repository_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
