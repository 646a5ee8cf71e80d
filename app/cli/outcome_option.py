"""What the options of `routeloom outcomes` mean: columns, ranges, other names of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pipelines.error import DocumentError

if TYPE_CHECKING:
    from pipelines.outcome.archive import TableCard
    from pipelines.outcome.gathering import GatherRule, Repetition, ScoreScale
    from pipelines.outcome.mapping import OutcomeMapping

SEVERAL: Final = "models"


def without_version(name: str) -> str:
    """Returns a name that names no version.

    Raises:
        DocumentError: if it names one.
    """
    plain, at, version = name.partition("@")
    if at:
        raise DocumentError(f"All versions are deleted together; name '{plain}' without '@{version}'.")
    return plain


def outcome_mapping(given: Sequence[str]) -> OutcomeMapping | None:
    """Returns what columns mean, from texts such as `query=question,models=a+b`; None where nothing is given.

    Raises:
        DocumentError: if a text is not of that form, or names no known meaning.
    """
    from pydantic import ValidationError

    from pipelines.outcome.mapping import OutcomeMapping

    if not given:
        return None
    fields: dict[str, Any] = {}
    for meaning, column in pairs(given, "--map").items():
        fields[meaning] = tuple(column.split("+")) if meaning == SEVERAL else column
    try:
        return OutcomeMapping.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        known = ", ".join(OutcomeMapping.model_fields)
        raise DocumentError(
            f"--map is wrong at '{'.'.join(map(str, first['loc']))}': {first['msg']}; a meaning is one of {known}."
        ) from None


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """Returns the pairs of texts such as `a=b,c=d`, the last of each name.

    Raises:
        DocumentError: if one has no equals sign.
    """
    return dict(all_pairs(given, option))


def all_pairs(given: Sequence[str], option: str) -> list[tuple[str, str]]:
    """Returns every pair of texts such as `a=b,c=d`.

    Raises:
        DocumentError: if one has no equals sign.
    """
    found = []
    for pair in (part for text in given for part in text.split(",") if part.strip()):
        name, equals, value = pair.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise DocumentError(f"{option} takes pairs such as NAME=VALUE; found '{pair}'.")
        found.append((name.strip(), value.strip()))
    return found


def gather_rule(scale: ScoreScale, score_range: str | None, repetition: Repetition) -> GatherRule:
    """Returns what becomes of scores and repetitions; a range that is named is stretched.

    Raises:
        DocumentError: if the range is none, or scores are to be clipped.
    """
    from pipelines.outcome.gathering import GatherRule

    found = range_of(score_range)
    if found is not None and scale == "clip":
        raise DocumentError(
            "--score-range is stretched to 0 to 1, so it goes with --scale stretch; found --scale clip."
        )
    return GatherRule(scale=scale if found is None else "stretch", score_range=found, repetition=repetition)


def range_of(text: str | None) -> tuple[float, float] | None:
    """Returns the two numbers of a text such as `0:10`.

    Raises:
        DocumentError: if it is none.
    """
    if text is None:
        return None
    low, _, high = text.partition(":")
    try:
        return float(low), float(high)
    except ValueError:
        raise DocumentError(f"A range of scores is LOWEST:HIGHEST, such as 0:10; found '{text}'.") from None


def card_answer(version: int, card: TableCard) -> Mapping[str, Any]:
    """Returns a card as JSON."""
    return {"version": version, **card.model_dump(mode="json")}
