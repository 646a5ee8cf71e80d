"""Right is the letter of the right choice."""

from __future__ import annotations

from string import ascii_uppercase
from typing import ClassVar, Literal

from pipelines.choice_letter import SEVERAL, chosen_letter
from pipelines.data.example import Example
from pipelines.scorer import Bench, Score, Scorer, judged, shown
from pipelines.token_overlap import squad_form
from pipelines.value import Answer


class MultipleChoice(Scorer):
    """Reads which choice the answer takes and compares it with the right one.

    The letter is looked for by a fixed order of rules (`pipelines.choice_letter`): a letter alone, boxed, announced,
    said to be right, the text of a choice, at the end, at the start, the only letter, the only choice named.

    Source: the answer extraction of MMLU-Pro (Wang et al., 2024, `compute_accuracy.py`), which takes an announced
    letter, then the last one; extended by the texts of the choices, and strict where an answer names several.
    """

    title: ClassVar[str] = "Multiple choice"

    kind: Literal["multiple_choice"] = "multiple_choice"

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns 1 where the answer takes the right choice, else 0."""
        del bench
        right = {letter_of(reference, example.choices) for reference in example.references}
        expected = " or ".join(sorted(right))
        unlisted = max(10, *(1 + ascii_uppercase.find(letter) for letter in right))
        letter = chosen_letter(answer.text, example.choices, unlisted)
        if letter is None:
            return judged(0.0, f"expected {expected}, found no choice in {shown(answer.text)}")
        if letter == SEVERAL:
            return judged(0.0, f"expected {expected}, found several choices in {shown(answer.text)}")
        return judged(
            float(letter in right), f"took {letter}" if letter in right else f"expected {expected}, took {letter}"
        )


def letter_of(reference: str, choices: tuple[str, ...]) -> str:
    """Returns the letter that a reference means: it is a letter, or the text of a choice."""
    plain = reference.strip().strip("().[]").upper()
    if len(plain) == 1 and plain in ascii_uppercase:
        return plain
    form = squad_form(reference)
    return next((ascii_uppercase[n] for n, choice in enumerate(choices) if squad_form(choice) == form), plain)
