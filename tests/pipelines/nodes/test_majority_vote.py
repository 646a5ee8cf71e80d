"""The majority vote fires the first answer of the largest group with its share as confidence."""

from __future__ import annotations

from pipelines.nodes.majority_vote import MajorityVote
from pipelines.run import Decision
from pipelines.value import Answer


def answer(text: str, confidence: float | None = None, *, model: str | None = None, refused: bool = False) -> Answer:
    return Answer(text=text, confidence=confidence, model=model, refused=refused)


async def test_the_answer_that_most_agree_on_wins() -> None:
    fired = await MajorityVote().run(
        answers=[answer("41"), answer("Answer: 42", model="m"), answer("**42**"), answer("42.0")]
    )
    assert fired.ports == {"answer": answer("Answer: 42", 0.75, model="m")}
    assert fired.decision == Decision(scores={"42": 0.75, "41": 0.25}, reason="75% of 4 answers agree")


async def test_a_tie_goes_to_the_first_edge() -> None:
    fired = await MajorityVote().run(answers=[answer("b"), answer("a"), answer("a"), answer("b")])
    assert fired.ports["answer"] == answer("b", 0.5)


async def test_refused_answers_abstain_unless_all_refuse() -> None:
    refusal = answer("I cannot.", refused=True)
    fired = await MajorityVote().run(answers=[refusal, refusal, answer("yes")])
    assert fired.ports["answer"] == answer("yes", 1.0)
    fired = await MajorityVote().run(answers=[refusal])
    assert fired.ports["answer"] == answer("I cannot.", 1.0, refused=True)


async def test_confidence_may_weigh_more_than_heads() -> None:
    answers = [answer("rome", 0.9), answer("paris", 0.3), answer("paris", 0.3)]
    fired = await MajorityVote(weigh_by_confidence=True).run(answers=answers)
    assert fired.ports["answer"] == answer("rome", 0.6)
    fired = await MajorityVote().run(answers=answers)
    assert fired.ports["answer"] == answer("paris", 0.666666667)


async def test_an_answer_without_confidence_weighs_the_mean_of_the_others() -> None:
    answers = [answer("a"), answer("b", 0.2), answer("b", 0.6)]
    fired = await MajorityVote(weigh_by_confidence=True).run(answers=answers)
    assert fired.decision is not None
    assert fired.decision.scores == {"b": 0.666666667, "a": 0.333333333}


async def test_the_comparison_of_the_form_is_used() -> None:
    answers = [answer("In all 17 pens"), answer("There are 17 pieces"), answer("18")]
    fired = await MajorityVote(compare="number").run(answers=answers)
    assert fired.ports["answer"] == answer("In all 17 pens", 0.666666667)


def test_the_card_says_what_counts() -> None:
    assert MajorityVote().summary() == "compares auto"
    assert MajorityVote(compare="choice", weigh_by_confidence=True).summary() == "compares choice, by confidence"
