"""A rating by a model: a score with a reason, asked for as JSON and read leniently."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pipelines.chat import ChatRequest, Completion
from pipelines.error import DocumentError
from pipelines.prompt import shortened
from pipelines.record import Record
from pipelines.schema import parse_json
from pipelines.service import Models
from pipelines.structured import complete_structured
from pipelines.value import Probability

RATING_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "score": {"type": "integer", "minimum": 0, "maximum": 10},
        "reason": {"type": "string"},
    },
    "required": ["score", "reason"],
    "additionalProperties": False,
}
"""The score comes first, so that an answer that was cut off still has one."""

RATING_FORM: Final = (
    'Reply with a JSON object with two fields: "score", a whole number from 0 to 10, and "reason", one short sentence.'
)
"""Says the form in words: a small model copies a filled example instead of judging."""

TOP = 10.0
# Every repetition is bounded: a model may send a hundred thousand digits or spaces.
_SCORE = r"(?<![\d.])(?P<score>\d{1,4}(?:\.\d{1,9})?)(?!\d)"
_OUT_OF = re.compile(rf"{_SCORE}\s{{0,3}}(?:/|out of)\s{{0,3}}(?P<top>\d{{1,4}})(?!\d)", re.IGNORECASE)
_NAMED = re.compile(rf"\b(?:score|rating)\b[\"'*_]{{0,3}}\s{{0,3}}(?:is|[:=])?[\s\"'*_]{{0,5}}{_SCORE}", re.IGNORECASE)
_ALONE = re.compile(rf"\W{{0,20}}{_SCORE}\W{{0,20}}")


class Rating(Record):
    """Is what a model says of an answer: a score from 0 to 1 and why."""

    score: Probability
    reason: str = ""


async def rate(models: Models, request: ChatRequest) -> tuple[Completion, Rating]:
    """Returns the rating that the request asks for, of 0 to 10, brought to 0 to 1.

    Raises:
        ModelAnsweredGarbage: if no score can be read from two answers.
        ModelError: if a call failed.
    """
    asked = request.model_copy(update={"response_schema": RATING_SCHEMA})
    return await complete_structured(models, asked, read_rating)


def read_rating(text: str, schema: Mapping[str, Any] = RATING_SCHEMA) -> Rating:
    """Returns the rating in a text: from JSON, else from words such as `Score: 7/10`.

    Raises:
        DocumentError: if there is no score from 0 to 10.
    """
    # Readers are handed the schema; a rating in words follows none.
    del schema
    try:
        data = parse_json(text)
    except DocumentError:
        data = None
    if isinstance(data, dict) and "score" in data:
        reason = data.get("reason", "")
        return Rating(score=_share(str(data["score"])), reason=reason if isinstance(reason, str) else "")
    return Rating(score=_share(text), reason=shortened(text, 300))


def _share(text: str) -> float:
    named, out_of = _NAMED.search(text), _OUT_OF.search(text)
    if out_of and (named is None or named.start("score") == out_of.start("score")):
        score, top = float(out_of["score"]), float(out_of["top"])
    else:
        found = named or _ALONE.fullmatch(text)
        if found is None:
            raise DocumentError(f"Found no score in '{shortened(text, 80)}'; it must be a number from 0 to 10.")
        score, top = float(found["score"]), TOP
    if not 0.0 <= score <= top or top <= 0.0:
        raise DocumentError(f"The score is {score:g} of {top:g}; it must be a number from 0 to 10.")
    return score / top
