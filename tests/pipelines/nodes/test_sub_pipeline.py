"""The sub-pipeline hands the question in and the answer out."""

from __future__ import annotations

from pipelines.nodes.sub_pipeline import SubPipeline
from pipelines.run import Fired
from pipelines.value import Answer, Query


class Inner:
    """Implements `pipelines.service.SubPipelines` with one fixed outcome."""

    def __init__(self, answer: Answer | None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Query]] = []

    async def run(self, reference: str, query: Query) -> Answer | None:
        self.asked.append((reference, query))
        return self.answer


async def test_the_answer_of_the_inner_pipeline_comes_out() -> None:
    inner = Inner(Answer(text="42", model="m"))
    fired = await SubPipeline(reference=" maths@3 ").run(query=Query(text="6 * 7?"), pipelines=inner)
    assert fired == Fired(ports={"answer": Answer(text="42", model="m")})
    assert inner.asked == [("maths@3", Query(text="6 * 7?"))]


async def test_it_is_silent_when_the_inner_pipeline_is() -> None:
    assert await SubPipeline(reference="maths").run(query=Query(text="?"), pipelines=Inner(None)) == Fired()


def test_no_pipeline_is_a_problem() -> None:
    assert list(SubPipeline().problems()) == ["No pipeline is chosen; name a saved one."]
    assert SubPipeline(reference="maths").pipeline_references() == ("maths",)


def test_the_card_names_the_pipeline() -> None:
    assert SubPipeline(reference="maths@3").summary() == "maths@3"
    assert SubPipeline().summary() == "no pipeline chosen"
