"""Chooses scorers: from a short text, for a row, and for a data set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError

from pipelines.data.example import Example
from pipelines.error import ConfigurationError
from pipelines.number import quantities
from pipelines.prompt import shortened
from pipelines.scorer import Scorer, ScorerNeed
from pipelines.scorers import AnyScorer, scorer_kinds

LONG_REFERENCE_WORDS: Final = 12
SHORT_REFERENCE_WORDS: Final = 4
LOOKED_AT: Final = 500
_FREE: Final[frozenset[ScorerNeed]] = frozenset({"nothing", "references"})
# Words that stand in wrong answers as well: there the whole answer counts.
_COMMON: Final = frozenset({"yes", "true", "false", "none", "the", "and", "not"})
_NUMBER = re.compile(r"\s*[-+]?[$€£]?\s?[\d.,/]+(?:e[-+]?\d+)?\s?(?:%|[A-Za-z]{1,12})?\s*", re.IGNORECASE)


def scorer_of(text: str) -> Scorer:
    """Returns the scorer that a short text names: `exact_match`, `numeric:tolerance=0.01`, or its JSON.

    Settings follow a colon and are parted by commas; a comma belongs to the value unless a setting of that scorer
    follows. Several texts of one setting are parted by `|`.

    Raises:
        ConfigurationError: if there is no such scorer or setting; names those that exist.
    """
    plain = text.strip()
    if plain.startswith("{"):
        try:
            return scorer_from(orjson.loads(plain))
        except orjson.JSONDecodeError as error:
            raise ConfigurationError(f"The scorer {shortened(plain, 80)} is not JSON: {error}.") from error
    kind, _, rest = plain.partition(":")
    cls = _class_of(kind)
    fields = [name for name in cls.model_fields if name != "kind"]
    starts = rf"(?:^|,)\s*({'|'.join(map(re.escape, fields))})=" if fields else r"(?!)"
    pieces = re.split(starts, rest)
    if pieces[0].strip():
        known = ", ".join(fields) or "none"
        raise ConfigurationError(f"The scorer '{kind}' has no setting '{shortened(pieces[0], 40)}'; it has {known}.")
    settings = {name: _value(cls, name, value) for name, value in zip(pieces[1::2], pieces[2::2], strict=True)}
    return scorer_from({"kind": kind, **settings})


def scorer_from(record: object) -> Scorer:
    """Returns the scorer of a stored record (`kind` and its fields).

    Raises:
        ConfigurationError: if there is no such scorer or a field is wrong; says which.
    """
    kind = record.get("kind") if isinstance(record, dict) else None
    cls = _class_of(str(kind))
    try:
        return _adapter().validate_python(record)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"][1:]) or "its form"
        known = ", ".join(name for name in cls.model_fields if name != "kind") or "no settings"
        raise ConfigurationError(
            f"The scorer '{kind}' is wrong at {place}: {first['msg']}; it takes {known}."
        ) from error


def suited(example: Example) -> Scorer:
    """Returns the scorer that the row names as `scorer`, else the one that suits what the row has.

    Raises:
        ConfigurationError: if the row names a scorer that does not exist, or one that costs money or asks a person.
    """
    named = example.extra.get("scorer")
    if named is None:
        return _guessed(example)
    scorer = scorer_of(named) if isinstance(named, str) else scorer_from(named)
    if scorer.need not in _FREE or scorer.model_dump()["kind"] == "auto":
        raise ConfigurationError(
            f"The row '{example.id}' names the scorer '{scorer.model_dump()['kind']}', which a row may not choose; add"
            " it to the experiment."
        )
    return scorer


def suggest_scorers(examples: Sequence[Example]) -> tuple[Scorer, ...]:
    """Returns scorers that suit a data set, the best first: by what its first 500 rows have.

    One kind that suits nine rows of ten is suggested itself, then the runners-up; rows of several kinds get the scorer
    that chooses for each row. Rows without references and tests get the judge and the human label. Rows that name a
    scorer they may not choose do not count.
    """
    kinds = scorer_kinds()
    rows = examples[:LOOKED_AT]
    counts: Counter[str] = Counter()
    for example in rows:
        try:
            scorer = suited(example)
        except ConfigurationError:
            continue
        counts[scorer.model_dump_json()] += scorer.lack(example) is None
    found = [scorer_from(orjson.loads(text)) for text, count in counts.most_common() if count]
    if not found:
        return (kinds["llm_judge"](), kinds["human"]())
    if max(counts.values()) < 0.9 * len(rows):
        found = [kinds["auto"](), *found]
    if found[0].model_dump()["kind"] in ("token_f1", "normalised_match", "contains"):
        found += [kinds["llm_judge"]()]
    return tuple(found)


def _guessed(example: Example) -> Scorer:
    """Returns the scorer that suits what a row has."""
    kinds, extra = scorer_kinds(), example.extra
    by_extra = {"tests": "python_tests", "possible_answers": "tool_call", "database": "sql_result", "pattern": "regex"}
    for key, kind in by_extra.items():
        if extra.get(key) is not None:
            return kinds[kind]()
    if isinstance(extra.get("schema"), dict):
        return kinds["json_match" if example.references else "json_schema"]()
    if example.choices:
        return kinds["multiple_choice"]()
    references = example.references
    if references and all(_NUMBER.fullmatch(text) and any(quantities(text)) for text in references):
        return kinds["numeric"]()
    if any(len(text.split()) > LONG_REFERENCE_WORDS for text in references):
        return kinds["token_f1"]()
    # A model answers "The capital of France is Paris." where the reference is "Paris".
    return kinds["contains" if references and all(map(_is_found_in_sentences, references)) else "normalised_match"]()


def _is_found_in_sentences(reference: str) -> bool:
    """Says whether an answer that holds this reference is most likely right."""
    words = reference.split()
    return len(words) <= SHORT_REFERENCE_WORDS and len(reference) > 2 and reference.casefold() not in _COMMON


def _class_of(kind: str) -> type[Scorer]:
    cls = scorer_kinds().get(kind)
    if cls is None:
        known = ", ".join(sorted(scorer_kinds()))
        raise ConfigurationError(f"There is no scorer '{shortened(kind, 40)}'; there is {known}.")
    return cls


def _value(cls: type[Scorer], name: str, text: str) -> Any:
    """Returns a setting as Pydantic takes it: lists from `a|b`, records from JSON, all else as it is written."""
    shape = cls.model_json_schema()["properties"][name]
    options = [shape, *shape.get("anyOf", ())]
    if any(option.get("type") == "array" for option in options):
        return [part.strip() for part in text.split("|")]
    if text.lstrip().startswith("{") and not any(option.get("type") == "string" for option in options):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise ConfigurationError(f"The setting '{name}' is not JSON: {error}.") from error
    return text


@cache
def _adapter() -> TypeAdapter[Scorer]:
    return TypeAdapter(AnyScorer)
