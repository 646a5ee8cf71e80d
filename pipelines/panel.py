"""Several answers to one question as material of a prompt: numbered, delimited, without the names of their models."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.prompt import quoted
from pipelines.value import Answer, Query


def candidates(answers: Sequence[Answer]) -> list[Answer]:
    """Returns the answers that are worth reading, each text once: not blank and not refused, unless all are."""
    useful = [answer for answer in answers if answer.text.strip() and not answer.refused] or list(answers)
    return list({answer.text.strip(): answer for answer in reversed(useful)}.values())[::-1]


def material(query: Query, answers: Sequence[Answer]) -> str:
    """Returns the question and the answers as delimited blocks, the answers numbered from 1 in their order."""
    blocks = [quoted(f"answer_{number}", answer.text) for number, answer in enumerate(answers, start=1)]
    return "\n\n".join((quoted("question", query.text), *blocks))


def labels(answers: Sequence[Answer]) -> tuple[str, ...]:
    """Returns what a person calls each answer: its model where that is told and unique, else its number."""
    models = [answer.model for answer in answers]
    return tuple(
        model if model and models.count(model) == 1 else f"answer {number}"
        for number, model in enumerate(models, start=1)
    )
