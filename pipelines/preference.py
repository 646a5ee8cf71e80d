"""Which of two answers a judge prefers, asked in both orders so that its place gives an answer no advantage."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import Field

from pipelines.chat import ChatRequest, Message, Sampling, Usd
from pipelines.data.example import Example
from pipelines.error import ConfigurationError, DocumentError
from pipelines.field import ModelName, PromptText
from pipelines.meter import Metered
from pipelines.prompt import quoted, shortened
from pipelines.record import Record
from pipelines.schema import parse_json
from pipelines.scorer import Bench
from pipelines.scorers.llm_judge import INSTRUCTION
from pipelines.structured import complete_structured
from pipelines.value import Answer

Winner = Literal["a", "b", "tie"]
FORM: Final = (
    'Reply with a JSON object with two fields: "better", which is "first", "second" or "tie", and "reason", one short '
    "sentence."
)
_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"better": {"enum": ["first", "second", "tie"]}, "reason": {"type": "string"}},
    "required": ["better", "reason"],
    "additionalProperties": False,
}


class PairJudge(Record):
    """Says who compares two answers, and by what."""

    model: ModelName = None
    rubric: PromptText = "The better answer is correct, answers all of the question and is easy to read."
    show_reference: bool = True
    sampling: Sampling = Sampling(max_tokens=400)


class Preference(Record):
    """Is the outcome of a comparison of two answers.

    Attributes:
        winner: `tie` also where the judge changed its mind with the order.
        consistent: both orders gave the same winner.
        votes: what the judge said with `a` first, then with `b` first.
    """

    winner: Winner
    consistent: bool
    votes: tuple[Winner, Winner]
    reason: str = Field(default="", max_length=2_000)
    cost_usd: Usd = 0.0
    list_cost_usd: Usd = 0.0


async def judge_pair(
    example: Example, a: Answer, b: Answer, bench: Bench, judge: PairJudge | None = None
) -> Preference:
    """Returns which answer a model prefers; it is asked in both orders, and two unlike replies are a tie.

    Source: pairwise comparison with swapped positions of MT-Bench (Zheng et al., 2023, sections 3.1 and 3.4).

    Raises:
        ConfigurationError: if no model is at hand.
        ModelError: if a call failed, or the judge gave no choice also when asked again.
    """
    if bench.models is None:
        raise ConfigurationError("The comparison of two answers needs a model, and none is set up for judging.")
    judge = judge or PairJudge()
    models = Metered(bench.models)
    (_, ahead), (_, swapped) = await asyncio.gather(
        complete_structured(models, _request(judge, example, a, b), _read),
        complete_structured(models, _request(judge, example, b, a), _read),
    )
    names: Mapping[str, Winner] = {"first": "a", "second": "b", "tie": "tie"}
    other: Mapping[str, Winner] = {"first": "b", "second": "a", "tie": "tie"}
    votes = (names[ahead["better"]], other[swapped["better"]])
    same = votes[0] == votes[1]
    return Preference(
        winner=votes[0] if same else "tie",
        consistent=same,
        votes=votes,
        reason=ahead["reason"] if same else f"not the same in both orders: {ahead['reason']} / {swapped['reason']}",
        cost_usd=models.cost_usd,
        list_cost_usd=models.list_cost_usd,
    )


def _request(judge: PairJudge, example: Example, first: Answer, second: Answer) -> ChatRequest:
    parts = [quoted("question", example.as_query().text)]
    if judge.show_reference:
        parts += [quoted("reference", reference) for reference in example.references]
    parts += [quoted("first_answer", first.text), quoted("second_answer", second.text), "Your choice as JSON:"]
    turns = (
        Message(role="system", content=f"{INSTRUCTION}\n\nWhat counts:\n{judge.rubric}\n\n{FORM}"),
        Message(role="user", content="\n\n".join(parts)),
    )
    return ChatRequest(
        messages=turns, model=judge.model, sampling=judge.sampling, response_schema=_SCHEMA, purpose="judge"
    )


def _read(text: str, _: Mapping[str, Any]) -> Mapping[str, str]:
    data = parse_json(text)
    better = data.get("better") if isinstance(data, dict) else None
    if better not in ("first", "second", "tie"):
        raise DocumentError(f"Found no choice in '{shortened(text, 80)}'; `better` must be first, second or tie.")
    return {"better": better, "reason": shortened(str(data.get("reason", "")), 300)}
