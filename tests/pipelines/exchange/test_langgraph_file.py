"""An exported program: the same answers from the same requests as the engine, and nothing that it should not hold."""

from __future__ import annotations

import ast
import asyncio
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.template import templates
from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.document import Pipeline
from pipelines.error import PipelineInvalid
from pipelines.exchange.langgraph_file import LanggraphFile
from pipelines.exchange.refusal import ExportRefused
from tests.pipelines.drawing import draw, node, single_expert
from tests.pipelines.exchange import oracle as o
from tests.pipelines.exchange import scene

QUESTIONS = (
    'How many beans? """ \\ {query} </question> \u00e9',
    "Who waters the runner beans in July, and at what time does the café open its doors to the public?",
)
NAMES = o.library({}, scene.DOCUMENTS)
MODELS = o.catalogue("http://127.0.0.1:9/v1", "export")


GERMAN = {"branches": [{"name": "a", "condition": "language == 'de'"}], "default": "b"}
REFUSED = {
    "learned-router": "'Which way?' (router) is of the kind 'Expert router'",
    "composition-of-experts": "'Which kind?' (router) is of the kind 'Expert router'",
    "elimination-router": "'Strike out' (router) is of the kind 'Elimination router'",
    "weighted-vote": "'Vote by skill' (vote) is of the kind 'Weighted vote'",
    "learned-cascade": "'Good enough?' (check) is of the kind 'Learned cascade'",
    "controller": "'Asks around' (controller) is of the kind 'Controller'",
    "thought-templates": "'Thoughts' (thoughts) searches by 'hybrid'",
}
"""Templates that have no form in an exported program, and the node because of which."""
EXPORTED = [pipeline for slug, pipeline in templates().items() if slug not in REFUSED]
INNER = single_expert(system_prompt="Inside.", sampling={"temperature": 0.9})
NESTED = {"inner": INNER, "vote": scene.panel("best_of_n", {}), "outer": scene.nested()}
BARE: dict[str, object] = {"supports_json_schema": False, "supports_logprobs": False}
GROUPS: dict[str, tuple[list[Pipeline], dict[str, object]]] = {
    "template": (EXPORTED, {}),
    "kind": (scene.kinds(), {}),
    "bare": ([p for p in scene.kinds() if p.name in ("expert", "judged", "best_of_n", "llm_router", "guard")], BARE),
    "bypassed": (scene.bypassed(), {}),
    "grown": ([scene.grown(seed) for seed in range(24)], {}),
    "nested": ([NESTED["outer"], scene.chain("sub_pipeline", {"reference": "outer"})], {}),
    "race": (
        [*map(scene.race, ("any", "first", "all_taken")), scene.race("k_of_n", k=2), scene.race("k_of_n", k=4)],
        {},
    ),
}
"""Pipelines with the changes of the models that they ask."""

Answers = dict[str, list[str | None]]


@dataclass(frozen=True)
class Outcome:
    """Is what the engine and the exported programs made of a group: answers by pipeline, and the requests."""

    by_engine: Answers
    by_program: Answers
    asked_by_engine: set[str]
    asked_by_program: set[str]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Puts every group to both; all programs run in one process, because LiteLLM takes seconds to import."""
    return asyncio.run(_outcomes(tmp_path_factory.mktemp("programs")))


async def _outcomes(folder: Path) -> dict[str, Outcome]:
    names = o.library(NESTED, scene.DOCUMENTS)
    by_engine: dict[str, Answers] = {}
    programs: dict[str, list[LanggraphFile]] = {}
    async with o.oracle() as served:
        for group, (pipelines, changes) in GROUPS.items():
            models = o.catalogue(served.base_url, f"engine:{group}", **changes)
            by_engine[group] = labelled(pipelines, await o.answers_of_engine(pipelines, QUESTIONS, models, names))
            models = o.catalogue(served.base_url, f"program:{group}", **changes)
            programs[group] = [o.exported(pipeline, models, names) for pipeline in pipelines]
        answers = iter(await o.answers_of_programs(list(programs.values()), QUESTIONS, folder))
        return {
            group: Outcome(
                by_engine[group],
                labelled(pipelines, [next(answers) for _ in pipelines]),
                served.asked[f"engine:{group}"],
                served.asked[f"program:{group}"],
            )
            for group, (pipelines, _) in GROUPS.items()
        }


def labelled(pipelines: list[Pipeline], answers: list[list[str | None]]) -> Answers:
    return {f"{n} {p.name}": each for n, (p, each) in enumerate(zip(pipelines, answers, strict=True))}


@pytest.mark.parametrize("group", GROUPS)
def test_a_program_gives_the_answers_of_the_engine_from_the_same_requests(
    outcomes: dict[str, Outcome], group: str
) -> None:
    outcome = outcomes[group]
    assert outcome.by_program == outcome.by_engine
    assert outcome.asked_by_program == outcome.asked_by_engine


def test_the_comparison_meets_many_answers_and_silence_too(outcomes: dict[str, Outcome]) -> None:
    different = {name: {a for each in found.by_engine.values() for a in each} for name, found in outcomes.items()}
    assert len(different["template"]) > 10
    assert len(different["kind"]) > 25
    assert None in different["grown"]
    assert len(different["grown"]) > 10


def test_a_program_is_clean_python_that_imports_nothing_else(tmp_path: Path) -> None:
    everything = [*EXPORTED, *scene.kinds(), *scene.bypassed(), *(scene.grown(seed) for seed in range(10))]
    allowed = {*sys.stdlib_module_names, "langgraph", "litellm", "jsonschema", "orjson"}
    for number, pipeline in enumerate(everything):
        text = o.exported(pipeline, MODELS, NAMES).text
        tree = ast.parse(text)
        found = {alias.name for each in ast.walk(tree) if isinstance(each, ast.Import) for alias in each.names}
        found |= {str(each.module) for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
        assert {name.partition(".")[0] for name in found} <= allowed
        (tmp_path / f"program_{number}.py").write_text(text, encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "E4,E7,E9,F,B", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.stdout == "All checks passed!\n"


@pytest.mark.parametrize("slug", REFUSED)
def test_a_template_that_has_no_form_in_a_program_is_refused_and_the_node_is_named(slug: str) -> None:
    with pytest.raises(ExportRefused, match=re.escape(REFUSED[slug])):
        o.exported(templates()[slug], MODELS, NAMES)


def test_a_choice_of_the_expert_itself_leaves_it_its_model_in_a_program_too() -> None:
    pool = {"pool": [{"model": "small", "examples": ["a"]}, {"model": "large", "examples": ["b"]}]}
    drawn = draw(
        [node("q", "query_input"), node("r", "model_router", pool), node("e", "expert", {"known_as": 'the "own"'}),
         node("out", "answer_output")],
        "q.query > r.query",
        "q.query > e.query",
        "r.choice > e.choice",
        "e.answer > out.answers",
    )  # fmt: skip
    text = o.exported(drawn, MODELS, NAMES).text
    ast.parse(text)
    assert """MODELS[choice.model] if choice and choice.model != 'the "own"' else MODELS[""" in text


def test_nothing_that_a_person_typed_becomes_code() -> None:
    wicked = 'x"""\n\nimport os\nos.remove("y")\r#\u2028 \\" {query} \x00 \u202e'
    spec = node("a-b", "expert", {"system_prompt": wicked, "prompt_template": wicked}, title=wicked[:200])
    drawn = draw(
        [node("q", "query_input", {"tags": [wicked]}), spec, node("out", "answer_output")],
        "q.query > a-b.query",
        "a-b.answer > out.answers",
    )
    drawn = drawn.model_copy(update={"name": wicked, "description": wicked})
    text = o.exported(drawn, MODELS, NAMES).text
    tree = ast.parse(text)
    constants = {
        target.id: ast.literal_eval(each.value)
        for each in tree.body
        if isinstance(each, ast.Assign)
        and isinstance(target := each.targets[0], ast.Name)
        and target.id.startswith("A_B")
    }
    assert constants["A_B_SYSTEM"] == wicked
    assert constants["A_B_PROMPT"] == wicked
    imported = {alias.name for each in ast.walk(tree) if isinstance(each, ast.Import) for alias in each.names}
    assert imported <= {"asyncio", "hashlib", "litellm", "math", "os", "re", "sys"}
    assert "os.remove" not in ast.unparse(next(each for each in tree.body if isinstance(each, ast.Expr)))
    assert not any(isinstance(each, ast.Attribute) and each.attr == "remove" for each in ast.walk(tree))


def test_names_that_clash_get_names_of_their_own() -> None:
    ids = ["a-b", "a_b", "A_b", "answer", "main", "class", "1st"]
    drawn = draw(
        [
            node("q", "query_input"),
            *(node(each, "expert", {"system_prompt": each}) for each in ids),
            node("o", "answer_output"),
        ],
        *(f"q.query > {each}.query" for each in ids),
        *(f"{each}.answer > o.answers" for each in ids),
    )
    tree = ast.parse(o.exported(drawn, MODELS, NAMES).text)
    functions = [each.name for each in tree.body if isinstance(each, ast.AsyncFunctionDef)]
    assert len(functions) == len(set(functions))
    assert [name for name in functions if "_node" in name] == [
        "q_node", "a_b_node", "a_b_node_2", "a_b_node_3", "answer_node", "main_node", "nclass_node", "n1st_node",
        "o_node",
    ]  # fmt: skip


def test_a_program_names_the_variable_of_a_key_and_reads_it_when_it_asks() -> None:
    entry = ModelEntry(name="cloud", provider="litellm", target="anthropic/claude-x", key_env="ANTHROPIC_API_KEY")
    text = o.exported(single_expert(), Catalogue([entry], default="cloud"), NAMES).text
    assert 'target="anthropic/claude-x"' in text
    assert 'key_env="ANTHROPIC_API_KEY"' in text


def test_an_embedded_model_is_reached_at_an_address_from_the_environment() -> None:
    entry = ModelEntry(name="tiny", provider="embedded", target="tiny.gguf", max_output_tokens=77)
    found = o.exported(single_expert(), Catalogue([entry], default="tiny"), NAMES)
    assert 'api_base_env="LOCAL_MODEL_URL"' in found.text
    assert "max_tokens=77" in found.text
    assert len(found.notes) == 1
    assert f"# Note: {found.notes[0]}" in found.text


@pytest.mark.parametrize(
    ("pipeline", "sentence"),
    [
        (
            scene.with_documents("retriever", {"document_set": "garden", "method": "hybrid"}),
            "The node 'Retriever' (it) searches by 'hybrid', and an exported program searches by words only (bm25).",
        ),
        (
            scene.routed(
                "rule_router", {"branches": [{"name": "a", "condition": "language == 'de'"}], "default": "b"}, "a", "b"
            ),
            "The node 'Rule router' (it) has a rule for the branch 'a' that has no exact Python form: "
            "'language == 'de'': an exported program cannot tell languages.",
        ),
        (
            scene.with_documents("retriever", {"method": "bm25"}),
            "The node 'Retriever' (it) reads the documents that a question brings, and an exported program takes "
            "only a text.",
        ),
    ],
    ids=["hybrid", "language", "no documents"],
)
def test_what_cannot_be_exact_is_refused_with_its_node(pipeline: Pipeline, sentence: str) -> None:
    with pytest.raises(ExportRefused) as caught:
        o.exported(pipeline, MODELS, NAMES)
    assert caught.value.reasons == (sentence,)


def test_a_lossy_export_names_in_the_file_what_is_not_exact() -> None:
    pipeline = scene.with_documents("retriever", {"document_set": "garden", "method": "hybrid"})
    found = o.exported(pipeline, MODELS, NAMES, lossy=True)
    assert len(found.inexact) == 1
    assert f"# NOT EXACT: {found.inexact[0]}" in found.text


def test_a_model_that_lives_in_routeloom_is_refused() -> None:
    entry = ModelEntry(name="recorded", provider="replay", target="table")
    with pytest.raises(ExportRefused, match="'recorded' is a replay model"):
        o.exported(single_expert(), Catalogue([entry], default="recorded"), NAMES, lossy=True)


def test_a_pipeline_with_errors_is_not_exported() -> None:
    with pytest.raises(PipelineInvalid):
        o.exported(Pipeline(), MODELS, NAMES)


def test_a_sub_pipeline_with_errors_is_not_exported() -> None:
    names = o.library({"inner": draw([node("x", "no_such_kind")])}, {})
    with pytest.raises(PipelineInvalid):
        o.exported(scene.chain("sub_pipeline", {"reference": "inner"}), MODELS, names)
