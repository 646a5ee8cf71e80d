"""What it costs to let models judge the answers of an experiment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.catalogue import estimate_tokens
from pipelines.data.example import Example
from pipelines.estimate.draw import Dice, Floats
from pipelines.estimate.walk import Known, Questions, Walked
from pipelines.estimate.work import Worker, text_tokens
from pipelines.scorer import Scorer
from pipelines.value import Answer

FORM_TOKENS = 120
"""About what a judge is told beside the material and the rubric."""


def judge_costs(
    scorers: Sequence[Scorer],
    walked: Walked,
    examples: Sequence[Example],
    dice: Dice,
    questions: Questions,
    known: Known,
) -> tuple[Floats, tuple[str, ...]]:
    """Returns the list price in USD of judging each row, an array (worlds, rows), and the models without a price."""
    cost_usd = np.zeros(dice.shape)
    unpriced: list[str] = []
    references = np.array([sum(map(estimate_tokens, example.references)) for example in examples], dtype=np.float64)
    shown = questions.tokens + references[questions.examples] + _answer_tokens(walked, dice)
    worker = Worker(dice, known.history, known.catalogue, float(questions.tokens.mean()))
    for place, scorer in enumerate(scorers):
        expected = scorer.expected_calls()
        if expected:
            constant = FORM_TOKENS + text_tokens(scorer.model_dump(mode="json"))
            work = worker.declared(f"scorer:{place}", expected, constant + shown)
            cost_usd = cost_usd + work.cost_usd
            unpriced += work.unpriced
    return cost_usd, tuple(dict.fromkeys(unpriced))


def _answer_tokens(walked: Walked, dice: Dice) -> Floats:
    port = Answer.type_name()
    finals = [trace for trace in walked.traces if trace.step.node.final and port in trace.sizes]
    return finals[0].sizes[port] if finals else np.zeros(dice.shape)
