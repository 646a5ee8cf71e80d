"""The check of a drawn pipeline finds every problem, with its place."""

from __future__ import annotations

import pytest

from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.document import NodeSpec, Pipeline
from pipelines.error import PipelineInvalid
from pipelines.graph import Problem, find_problems, require_valid
from pipelines.routers.category import Category
from pipelines.store import MemoryLibrary
from pipelines.trained import TrainedRouter
from tests.pipelines.drawing import draw, node, single_expert
from tests.pipelines.outcome.tables import two_tasks

QUESTION = node("q", "query_input")
ANSWER = node("out", "answer_output")


def problems_of(nodes: list[NodeSpec], *edges: str) -> list[tuple[str | None, str | None, str]]:
    return [(p.node, p.port, p.message) for p in find_problems(draw(nodes, *edges))]


def test_a_sound_pipeline_has_no_problem() -> None:
    assert find_problems(single_expert()) == ()


def test_an_empty_pipeline_says_what_to_do() -> None:
    [problem] = find_problems(Pipeline())
    assert problem.message == "The pipeline is empty; drag a Question, an Expert and an Answer onto the canvas."


def test_a_loop_is_named_node_by_node() -> None:
    found = problems_of(
        [QUESTION, node("m", "merge", {"carries": "query"}), node("a", "expert"), node("b", "expert"), ANSWER],
        "q.query > m.values",
        "b.answer > m.values",
        "m.query > a.query",
        "a.answer > b.query",
        "b.answer > out.answers",
    )
    assert ("m", None, "The nodes form a loop, which can never start: m → a → b → m.") in found


def test_a_node_wired_to_itself_is_a_loop() -> None:
    found = problems_of([QUESTION, node("a", "expert"), ANSWER], "a.answer > a.query", "a.answer > out.answers")
    assert ("a", None, "The nodes form a loop, which can never start: a → a.") in found


def test_an_unknown_kind_lists_the_known_ones() -> None:
    [first, *_] = find_problems(draw([node("x", "teleporter")]))
    assert (first.node, first.severity) == ("x", "error")
    assert first.message.startswith("There is no node kind 'teleporter'; known are answer_output, ")


def test_a_type_mismatch_names_both_ends() -> None:
    found = problems_of([QUESTION, ANSWER], "q.query > out.answers")
    assert ("out", "answers", "q.query gives a query; this input takes answer.") in found


def test_a_missing_port_lists_those_there_are() -> None:
    found = problems_of([QUESTION, ANSWER], "q.question > out.answers")
    assert ("q", "question", "There is no output 'question'; the outputs are query (query).") in found


def test_a_long_list_of_ports_is_cut() -> None:
    prompt = "".join(f"{{a{number}}}" for number in range(22))
    expert = node("e", "expert", {"prompt_template": "{query}" + prompt})
    [message] = [m for _, port, m in problems_of([QUESTION, expert], "q.query > e.nothing") if port == "nothing"]
    assert message.startswith("There is no input 'nothing'; the inputs are query (query), ")
    assert message.endswith("(text) and 5 more.")


def test_an_edge_into_nowhere_is_reported() -> None:
    found = problems_of([QUESTION, ANSWER], "q.query > ghost.query")
    message = "The edge q.query->ghost.query joins the node 'ghost', which does not exist."
    assert ("q", None, message) in found


def test_a_required_input_needs_an_edge() -> None:
    found = problems_of([QUESTION, node("a", "expert"), ANSWER], "a.answer > out.answers")
    assert ("a", "query", "The input 'query' needs an edge from an output of type query.") in found


def test_a_single_input_takes_one_edge() -> None:
    other = node("p", "query_input")
    found = problems_of(
        [QUESTION, other, node("a", "expert"), ANSWER],
        "q.query > a.query",
        "p.query > a.query",
        "a.answer > out.answers",
    )
    message = "The input 'query' takes one edge and has 2; bring branches together with a Merge."
    assert ("a", "query", message) in found


def test_a_node_that_no_path_reaches_is_a_warning() -> None:
    stray = node("stray", "merge")
    pipeline = single_expert()
    found = find_problems(pipeline.model_copy(update={"nodes": (*pipeline.nodes, stray)}))
    unreachable = [p for p in found if p.node == "stray" and p.message.startswith("No path leads here")]
    assert [p.severity for p in unreachable] == ["warning"]


def test_a_branch_that_leads_nowhere_is_a_warning() -> None:
    found = find_problems(
        draw(
            [QUESTION, node("c", "cascade"), ANSWER],
            "q.query > c.query",
            "c.accepted > out.answers",
        )
    )
    message = "The branch 'escalate' leads nowhere: what it fires reaches no Answer."
    assert found == (Problem(node="c", port="escalate", message=message, severity="warning"),)


def test_a_branch_into_a_blind_alley_is_a_warning_where_it_begins() -> None:
    found = problems_of(
        [QUESTION, node("a", "expert"), node("b", "expert"), ANSWER],
        "q.query > a.query",
        "a.answer > b.query",
        "q.query > out.question",
    )
    message = "The branch 'answer' leads nowhere: what it fires reaches no Answer."
    assert ("a", "answer", message) in found
    assert ("b", "answer", message) in found


def test_a_router_with_one_branch_is_an_error() -> None:
    router = node("r", "rule_router", {"branches": [{"name": "only", "condition": "words > 3"}], "default": "only"})
    found = find_problems(
        draw(
            [QUESTION, router, node("a", "expert"), ANSWER],
            "q.query > r.query",
            "r.only > a.query",
            "a.answer > out.answers",
        )
    )
    assert [(p.node, p.severity) for p in found] == [("r", "error")]


def test_a_pipeline_without_an_answer_says_so() -> None:
    found = problems_of([QUESTION, node("a", "expert")], "q.query > a.query")
    assert (None, None, "The pipeline has no Answer, so nothing would come out; add one and connect it.") in found


def test_a_disabled_answer_does_not_count() -> None:
    nodes = [QUESTION, node("a", "expert"), node("out", "answer_output", disabled=True)]
    found = problems_of(nodes, "q.query > a.query", "a.answer > out.answers")
    assert found == [
        (None, None, "The pipeline has no Answer, so nothing would come out; add one and connect it."),
    ]


def test_a_disabled_node_is_not_asked_for_its_problems() -> None:
    off = node("r", "rule_router", {"branches": []}, disabled=True)
    catalogue = Catalogue([ModelEntry(name="small", provider="scripted", target="small")], default="small")
    lost = node("x", "expert", {"model": "huge"}, disabled=True)
    sound = single_expert()
    assert find_problems(sound.model_copy(update={"nodes": (*sound.nodes, off, lost)}), catalogue=catalogue) == ()


def test_a_bypassed_node_is_not_asked_for_its_problems() -> None:
    catalogue = Catalogue([ModelEntry(name="small", provider="scripted", target="small")], default="small")
    lost = node("x", "query_rewriter", {"model": "huge", "strategy": "custom"}, bypassed=True)
    pipeline = draw(
        [QUESTION, lost, node("a", "expert"), ANSWER],
        "q.query > x.query",
        "x.query > a.query",
        "a.answer > out.answers",
    )
    assert find_problems(pipeline, catalogue=catalogue) == ()


def test_only_the_branch_around_a_bypassed_router_has_to_lead_somewhere() -> None:
    router = node("r", "rule_router", {"branches": [{"name": "one", "condition": "words > 5"}], "default": "two"})
    around = router.model_copy(update={"bypassed": True})
    nodes, rest = [QUESTION, node("a", "expert"), ANSWER], ("q.query > r.query", "a.answer > out.answers")
    lost = "The branch '{}' leads nowhere: what it fires reaches no Answer."
    assert problems_of([*nodes, router], "r.one > a.query", *rest) == [("r", "two", lost.format("two"))]
    assert problems_of([*nodes, around], "r.one > a.query", *rest) == []
    assert problems_of([*nodes, around], "r.two > a.query", *rest) == [("r", "one", lost.format("one"))]


@pytest.mark.parametrize(
    ("kind", "config", "edges", "sentence"),
    [
        ("expert", {}, ("q.query > it.query", "it.answer > out.answers"), "query and gives answer"),
        ("retriever", {}, ("q.query > it.query", "it.documents > a.documents"), "query and gives documents"),
        ("query_input", {}, ("it.query > a.query",), "nothing and gives query"),
        ("answer_output", {}, ("q.query > a.query", "a.answer > it.answers"), "answer and gives nothing"),
    ],
)
def test_a_node_that_has_no_way_around_it_says_why(
    kind: str, config: dict[str, object], edges: tuple[str, ...], sentence: str
) -> None:
    nodes = [QUESTION, node("a", "expert"), node("it", kind, config, bypassed=True), ANSWER]
    [problem] = [p for p in find_problems(draw(nodes, *edges)) if p.node == "it"]
    assert (problem.message, problem.severity) == (
        f"It cannot be bypassed: it takes {sentence}, so it stays silent.",
        "warning",
    )


def test_a_bypassed_answer_does_not_count() -> None:
    nodes = [QUESTION, node("a", "expert"), node("out", "answer_output", bypassed=True)]
    found = problems_of(nodes, "q.query > a.query", "a.answer > out.answers")
    assert (None, None, "The pipeline has no Answer, so nothing would come out; add one and connect it.") in found


def test_a_bypassed_node_that_nothing_leads_to_is_only_unreached() -> None:
    nodes = [*single_expert().nodes, node("x", "query_rewriter", bypassed=True)]
    sentence = "No path leads here from the question, so it will never run; connect, disable or delete it."
    assert problems_of(nodes, "question.query > expert.query", "expert.answer > answer.answers") == [
        ("x", None, sentence)
    ]


def test_a_pinned_node_needs_no_input_and_is_a_beginning() -> None:
    pinned = node("a", "expert", pinned={"answer": {"type": "answer", "text": "Paris"}})
    assert problems_of([pinned, ANSWER], "a.answer > out.answers") == []


def test_a_wrong_field_is_named() -> None:
    [problem] = find_problems(single_expert(sampling={"temperature": 9}))
    assert problem.node == "expert"
    assert problem.message.startswith("The field 'sampling.temperature' is wrong: ")


def test_a_pinned_value_must_fit_its_port() -> None:
    pinned = node("a", "expert", pinned={"answer": {"type": "query", "text": "x"}})
    found = problems_of([QUESTION, pinned, ANSWER], "q.query > a.query", "a.answer > out.answers")
    assert ("a", "answer", "The pinned value has the type query; the port fires answer.") in found


def test_a_join_that_waits_for_too_many_is_reported() -> None:
    waiting = node("out", "answer_output", join={"rule": "k_of_n", "k": 2})
    found = problems_of([QUESTION, node("a", "expert"), waiting], "q.query > a.query", "a.answer > out.answers")
    assert ("out", "answers", "The join waits for 2 of 1 edges, which can never come.") in found


def test_a_join_may_wait_for_every_edge() -> None:
    waiting = node("out", "answer_output", join={"rule": "k_of_n", "k": 2})
    nodes = [QUESTION, node("a", "expert"), node("b", "expert"), waiting]
    edges = ("q.query > a.query", "q.query > b.query", "a.answer > out.answers", "b.answer > out.answers")
    assert problems_of(nodes, *edges) == []


def test_a_model_that_is_not_in_the_catalogue_is_reported() -> None:
    catalogue = Catalogue([ModelEntry(name="small", provider="scripted", target="small")], default="small")
    [problem] = find_problems(single_expert(model="huge"), catalogue=catalogue)
    assert problem.message == "The model 'huge' is not in the catalogue, which is: small."


def test_sub_pipelines_that_contain_each_other_are_reported() -> None:
    inner = draw(
        [QUESTION, node("s", "sub_pipeline", {"reference": "loop"}), ANSWER],
        "q.query > s.query",
        "s.answer > out.answers",
    )
    found = find_problems(inner, library=MemoryLibrary({"loop": inner}))
    assert [(p.node, p.message) for p in found] == [
        ("s", "The sub-pipelines contain each other: this pipeline (Drawn) → loop → loop.")
    ]


def test_sub_pipelines_that_grow_out_of_hand_are_refused_at_once() -> None:
    def fanned(deeper: str) -> Pipeline:
        inner = [node(f"s{i}", "sub_pipeline", {"reference": deeper}) for i in range(20)]
        return draw([QUESTION, *inner, ANSWER])

    library = MemoryLibrary({"p1": single_expert(), **{f"p{n}": fanned(f"p{n - 1}") for n in range(2, 7)}})
    outer = draw([QUESTION, node("s", "sub_pipeline", {"reference": "p6"}), ANSWER])
    assert [p.message for p in find_problems(outer, library=library) if "inside" in p.message] == [
        "The pipeline 'p4' has 33,262 nodes with all that is inside it; at most 10,000 can run."
    ]


def test_sub_pipelines_may_be_nested_eight_deep_and_not_deeper() -> None:
    def calling(deeper: str) -> Pipeline:
        return draw(
            [QUESTION, node("s", "sub_pipeline", {"reference": deeper}), ANSWER],
            "q.query > s.query",
            "s.answer > out.answers",
        )

    library = MemoryLibrary({"p1": single_expert(), **{f"p{n}": calling(f"p{n - 1}") for n in range(2, 10)}})
    assert find_problems(calling("p8"), library=library) == ()
    [problem] = find_problems(calling("p9"), library=library)
    assert problem.message.startswith("The sub-pipelines are nested deeper than 8: this pipeline (Drawn) → p9 → p8")


def test_a_bypassed_sub_pipeline_is_not_followed() -> None:
    around = node("s", "sub_pipeline", {"reference": "ghost"}, bypassed=True)
    pipeline = draw(
        [QUESTION, node("a", "expert"), around, ANSWER],
        "q.query > a.query",
        "a.answer > s.query",
        "s.answer > out.answers",
    )
    assert find_problems(pipeline, library=MemoryLibrary()) == ()


def test_a_disabled_sub_pipeline_is_not_followed() -> None:
    off = node("s", "sub_pipeline", {"reference": "ghost"}, disabled=True)
    assert (
        find_problems(
            draw([*single_expert().nodes, off], "question.query > expert.query", "expert.answer > answer.answers"),
            library=MemoryLibrary(),
        )
        == ()
    )


def test_all_problems_come_at_once_in_the_order_of_the_nodes() -> None:
    found = find_problems(draw([node("x", "teleporter"), node("a", "expert"), ANSWER], "a.answer > out.answers"))
    assert [p.node for p in found] == ["x", "a", "a", "out"]


def test_an_invalid_pipeline_cannot_be_required() -> None:
    with pytest.raises(PipelineInvalid, match=r"^a\.query: The input 'query' needs an edge"):
        require_valid(draw([node("a", "expert"), ANSWER], "a.answer > out.answers"))


def test_the_models_of_a_vote_are_in_the_catalogue_or_drawn() -> None:
    router = TrainedRouter.fit("crafts", Category(), two_tasks())
    library = MemoryLibrary(routers={"crafts": router})
    catalogue = Catalogue([ModelEntry(name="linguist", provider="scripted", target="s")], default="linguist")

    def told(**config: str) -> list[str]:
        drawn = draw(
            [QUESTION, node("e", "expert", dict(config)), node("vote", "weighted_vote", {"router": "crafts"}), ANSWER],
            "q.query > e.query",
            "q.query > vote.query",
            "e.answer > vote.answers",
            "vote.answer > out.answers",
        )
        return [problem.message for problem in find_problems(drawn, catalogue=catalogue, routers=library)]

    assert told(known_as="counter") == []
    assert told() == [
        "The trained router 'crafts' chooses among models that the catalogue lacks: counter; add them on the Models"
        " page, or name an alias for each."
    ]


def test_a_branch_that_a_trained_router_does_not_know_is_told() -> None:
    library = MemoryLibrary(routers={"crafts": TrainedRouter.fit("crafts", Category(), two_tasks())})
    branches = [{"name": "counter"}, {"name": "painter"}]
    drawn = draw(
        [QUESTION, node("r", "expert_router", {"router": "crafts", "branches": branches}), node("e", "expert"), ANSWER],
        "q.query > r.query",
        "r.counter > e.query",
        "r.painter > e.query",
        "e.answer > out.answers",
    )
    told = [problem.message for problem in find_problems(drawn, routers=library) if problem.node == "r"]
    assert told == [
        "The branch 'painter' stands for 'painter', which the router 'crafts' does not know; it knows counter,"
        " linguist."
    ]
