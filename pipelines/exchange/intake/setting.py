"""Sets models, sampling and branches of drawn nodes from what files of other studios say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pipelines.exchange.intake.model_match import ModelMatcher
from pipelines.exchange.intake.naming import port_name
from pipelines.exchange.intake.piece import Piece
from pipelines.exchange.intake.untrusted import line_of, list_of, number_of, text_of

MOST_TOKENS = 200_000
NO_MODEL = "It names no model; it takes the default model."


class Option(NamedTuple):
    """Is one branch of a router in a file; `condition` is None where no rule here says the same as `said`."""

    handle: str
    name: str
    description: str = ""
    condition: str | None = None
    said: str = ""


def set_model(piece: Piece, models: ModelMatcher, provider: object, model: object) -> None:
    """Sets the model of the catalogue that the file means, or leaves it open with a remark."""
    named = line_of(model, 120)
    found = models.match(line_of(provider), named)
    if found is not None:
        piece.config["model"] = found
    elif named:
        piece.remarks.append(f"The model '{named}' is not in the catalogue; it takes the default model.")


def sampling_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the sampling of `temperature`, `top_p`, `max_tokens` and `stop`, as far as they are usable."""
    sampling: dict[str, Any] = {}
    temperature, top_p = number_of(values.get("temperature")), number_of(values.get("top_p"))
    tokens = number_of(values.get("max_tokens"))
    if temperature is not None and 0 <= temperature <= 2:
        sampling["temperature"] = temperature
    if top_p is not None and 0 < top_p <= 1:
        sampling["top_p"] = top_p
    if tokens is not None and 1 <= tokens <= MOST_TOKENS:
        sampling["max_tokens"] = int(tokens)
    stops = [stop for stop in (text_of(item) for item in list_of(values.get("stop"))) if stop]
    if stops:
        sampling["stop"] = stops[:4]
    return sampling


def route_by_model(piece: Piece, options: Sequence[Option], default: str | None = None) -> None:
    """Makes the piece a router by a model; without a default the last branch takes what names none."""
    branches = _branches(piece, options)
    piece.role, piece.draws = "router", "llm_router"
    piece.config["branches"] = [
        {"name": branches[option.handle], "description": (option.description or option.name)[:2_000]}
        for option in options
    ]
    if default is not None:
        piece.config["default"] = branches[default]
    elif options:
        piece.config["default"] = branches[options[-1].handle]
        piece.remarks.append(f"What fits no branch goes to the last one, '{piece.config['default']}'.")


def route_by_rule(piece: Piece, options: Sequence[Option], otherwise: str) -> None:
    """Makes the piece a router by rules, with a branch for what matches none."""
    last = Option(otherwise, "otherwise")
    branches = _branches(piece, [*options, last])
    piece.role, piece.draws = "router", "rule_router"
    piece.config["branches"] = [
        {"name": branches[option.handle], "description": option.said[:2_000], "condition": option.condition or ""}
        for option in options
    ]
    piece.config["default"] = branches[otherwise]
    for option in options:
        if option.condition is None:
            said = f" '{option.said[:200]}'" if option.said else ""
            piece.remarks.append(
                f"The condition{said} of the branch '{branches[option.handle]}' has no counterpart; write a new one."
            )


def _branches(piece: Piece, options: Sequence[Option]) -> dict[str, str]:
    branches: dict[str, str] = {}
    for number, option in enumerate(options, start=1):
        if option.handle not in branches:
            branches[option.handle] = port_name(option.name, f"branch_{number}", branches.values())
    piece.branches = branches
    return branches
