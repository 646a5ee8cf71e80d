"""LMArena battles: two models answered the same prompt, and a person chose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from pipelines.data.problem import RowRefused
from pipelines.data.row import RawRow, parsed_json, text_of
from pipelines.outcome.importer import Importer
from pipelines.outcome.outcome import UNKNOWN, Outcome, number_in, text_in
from pipelines.outcome.outcome_file import OutcomeFile

_SIDES: Final = {"model_a": 1.0, "model_b": 0.0, "tie": 0.5}


class ArenaBattles(Importer):
    """Reads a battle as a row with two outcomes: the winner has 1, the loser 0, and in a tie both have one half.

    A battle in which both were bad has no winner and counts as a tie.

    Source: Chiang et al. 2024, Chatbot Arena; the battle files of LMArena, those of its competition included.
    """

    title: ClassVar[str] = "LMArena battles"
    note: ClassVar[str] = "A score is the outcome of a battle, not a degree of correctness."

    @classmethod
    def sniff(cls, file: OutcomeFile) -> float:
        """Returns certainty where two models and a winner stand together."""
        known = set(file.columns)
        judged = "winner" in known or {"winner_model_a", "winner_model_b"} <= known
        return 0.95 if {"model_a", "model_b"} <= known and judged else 0.0

    def outcomes(self, row: RawRow) -> Iterator[Outcome]:
        """Yields the outcomes of both models."""
        battle = text_in(row, "question_id", "id", "battle_id") or f"battle {row.number}"
        query, first, second = _question(row), row.required("model_a"), row.required("model_b")
        if first == second:
            raise RowRefused(f"'{first}' fights itself", "model_b")
        won, task = _won(row), text_in(row, "language", "category")
        for side, model, score in (("a", first, won), ("b", second, 1.0 - won)):
            answer = _said(row, side)
            yield Outcome(query, model, score, row.number, id=battle, task=task, answer=answer)


def _won(row: RawRow) -> float:
    """Returns what the first model has of the victory."""
    if "winner" in row.cells:
        winner = row.text("winner").strip().lower()
        if not winner:
            return UNKNOWN
        for name, score in _SIDES.items():
            if winner.startswith(name):
                return score
        raise RowRefused(f"there is '{winner[:40]}'; it is model_a, model_b, tie or tie (bothbad)", "winner")
    return (1.0 + number_in(row, "winner_model_a") - number_in(row, "winner_model_b")) / 2


def _question(row: RawRow) -> str:
    """Returns the first thing that the person said."""
    if text := _turn(row.cells.get("prompt"), "user"):
        return text
    return _turn(row.cells.get("conversation_a"), "user") or row.required("prompt")


def _said(row: RawRow, side: str) -> str:
    found = row.cells.get(f"conversation_{side}")
    return _turn(row.cells.get(f"response_{side}") if found is None else found, "assistant")


def _turn(value: Any, role: str) -> str:
    """Returns the first text of a role in a conversation, or of a list of texts."""
    turns = value if (parsed := parsed_json(value)) is None else parsed
    for turn in turns if isinstance(turns, list) else [turns]:
        if isinstance(turn, dict):
            if turn.get("role") == role:
                return text_of(turn.get("content"))
        elif text := text_of(turn):
            return text
    return ""
