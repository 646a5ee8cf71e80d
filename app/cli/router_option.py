"""What the options of `routeloom router` mean: tables, strategies in short form, vectors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.home import load_config, open_library, open_workspace
from app.cli.output import tell
from pipelines.error import ConfigurationError, DocumentError, NotFound

if TYPE_CHECKING:
    from pipelines.learned import LearnedStrategy
    from pipelines.outcome.price import ModelPrice
    from pipelines.outcome.table import OutcomeTable
    from pipelines.routing.objective import Objective
    from pipelines.service import Embedder
    from pipelines.space import Space
    from pipelines.trained import TrainedRouter


def tables_of(*references: str) -> list[OutcomeTable]:
    """Returns the tables of folders, of files, or of stored and shipped outcome tables; all prices serve every table.

    `FOLDER:PART` is only the rows of one part of the original split.

    Raises:
        NotFound: if there is neither such a folder nor such a table.
        DocumentError: if a file is wrong.
    """
    from pipelines.outcome.price import priced

    prices: dict[str, ModelPrice] = {}
    found = [_table(reference, prices) for reference in references]
    return [priced(table, prices) if prices else table for table in found]


def parts_of(reference: str, holdout: float, seed: int) -> tuple[OutcomeTable, OutcomeTable]:
    """Returns the rows of a table to learn from and those to judge on; no group and no question is in both.

    Raises:
        NotFound: if there is no such table.
        DocumentError: if a file is wrong, or the table has too few rows.
    """
    from pipelines.outcome.split import split_table

    [rows] = tables_of(reference)
    train, test = split_table(rows, (1.0 - holdout, holdout), seed=seed)
    return train, test


def _table(reference: str, prices: dict[str, ModelPrice]) -> OutcomeTable:
    from pipelines.outcome.folder import prices_near
    from pipelines.outcome.intake import import_path

    path, part = Path(reference), ""
    if not path.exists() and Path(reference.rpartition(":")[0] or "-").is_dir():
        path, part = Path(reference.rpartition(":")[0]), reference.rpartition(":")[2]
    if not path.exists():
        return _stored(reference)
    prices.update(prices_near(path if path.is_dir() else path.parent))
    found = import_path(path, _name_of(path))
    if found.skipped:
        tell(f"Note: {found.skipped:,} outcomes of {path} were left out, the first as {found.problems[0]}.")
    for stranger in found.strangers:
        tell(f"Note: left out {stranger}: it is of no known format.")
    return _part(found.table, part) if part else found.table


def _stored(reference: str) -> OutcomeTable:
    name, colon, part = reference.partition(":")
    with open_library() as (_, library):
        found = library.outcome_table(name)
    return _part(found, part) if colon else found


def _name_of(folder: Path) -> str:
    """Returns the name of a folder or file, after that of the folder around it where it is only called like a part."""
    own, around = folder.resolve().stem, folder.resolve().parent.name
    return f"{around}/{own}" if own in {"train", "test", "dev", "validation", "ood"} else own


def _part(table: OutcomeTable, part: str) -> OutcomeTable:
    import numpy as np

    if part not in table.splits:
        known = ", ".join(sorted({split for split in table.splits if split})) or "none"
        raise NotFound(f"The table '{table.name}' has no part '{part}'; there is {known}.")
    return table.rows(np.array([split == part for split in table.splits], dtype=np.bool_))


def strategies_of(given: Sequence[str]) -> dict[str, LearnedStrategy]:
    """Returns strategies by the text that names them, such as `knn:neighbours=100` or `ridge:featurizer=surface`.

    Raises:
        NotFound: if there is no such strategy.
        DocumentError: if it has no such field, or not with that value.
    """
    return {text: _strategy(text) for text in given}


def default_strategies() -> dict[str, LearnedStrategy]:
    """Returns every strategy with its defaults, by kind."""
    from pipelines.routers import router_kinds

    return {kind: cls() for kind, cls in sorted(router_kinds().items())}


def _strategy(text: str) -> LearnedStrategy:
    from pydantic import ValidationError

    from pipelines.routers import router_kinds

    kind, _, rest = text.partition(":")
    cls = router_kinds().get(kind)
    if cls is None:
        raise NotFound(f"There is no strategy '{kind}'; there is {', '.join(sorted(router_kinds()))}.")
    fields = cls().model_dump()
    for assignment in filter(None, rest.split(",")):
        path, equals, value = assignment.partition("=")
        if not equals:
            raise DocumentError(f"'{assignment}' of '{text}' sets nothing; write FIELD=VALUE.")
        _set(fields, path.strip().split("."), _value(value.strip()), text)
    try:
        return cls.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DocumentError(f"The field '{place}' of the strategy '{text}' is wrong: {first['msg']}.") from None


def _set(fields: dict[str, Any], path: Sequence[str], value: Any, text: str) -> None:
    """Puts a value at a place; a text at the place of a part with kinds is its kind, with its defaults."""
    name, *deeper = path
    if name not in fields:
        known = ", ".join(field for field in fields if field != "kind")
        raise DocumentError(f"The strategy '{text}' has no field '{name}'; it has {known}.")
    inner = fields[name]
    if deeper and isinstance(inner, dict):
        _set(inner, deeper, value, text)
    elif deeper:
        raise DocumentError(f"The field '{name}' of the strategy '{text}' has no parts.")
    elif isinstance(inner, dict) and isinstance(value, str):
        fields[name] = _kind_of_part(value)
    else:
        fields[name] = value


def _kind_of_part(kind: str) -> dict[str, Any]:
    from pipelines.featurizers import featurizer_kinds

    return featurizer_kinds()[kind]().model_dump() if kind in featurizer_kinds() else {"kind": kind}


def _value(text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return {"none": None, "": None, "True": True, "False": False}.get(text, text)


def space_for(
    strategies: Iterable[LearnedStrategy],
    texts: Callable[[], Iterable[str]],
    model: str | None = None,
    check: Callable[[Embedder], None] | None = None,
) -> tuple[Space | None, str | None]:
    """Returns the vectors of texts and the name of their embedder, if a strategy looks at vectors; kept on disk.

    With `model` an embedding model of the catalogue is asked, else the embedder of this installation; `check` may
    refuse it before it is.

    Raises:
        ConfigurationError: if there is no such model, or none of the strategies looks at vectors.
    """
    if not any(strategy.needs_space for strategy in strategies):
        if model is not None:
            raise ConfigurationError(
                "None of the strategies looks at vectors; name one that does, such as knn:featurizer=embedding."
            )
        return None, None
    from pipelines.retrieval.embedder import pick_embedder
    from pipelines.retrieval.kept import KeptEmbedder
    from pipelines.space import Space

    config = load_config()
    if model is not None:
        return _asked_space(texts(), model, config.vectors_folder, check)
    embedder = KeptEmbedder(pick_embedder(config.weights_folder), config.vectors_folder)
    if check is not None:
        check(embedder)
    return asyncio.run(Space.of(embedder, texts())), embedder.name


def space_of(router: TrainedRouter, texts: Callable[[], Iterable[str]]) -> Space | None:
    """Returns the vectors of texts that a trained router looks at, None where it looks at none.

    Raises:
        ConfigurationError: if the vectors of this installation are not those that it was trained on.
    """
    space, _ = space_for([router.strategy], texts, router.card.embedding_model, router.require_embedder)
    return space


def _asked_space(
    texts: Iterable[str], model: str, folder: Path, check: Callable[[Embedder], None] | None
) -> tuple[Space, str]:
    """Returns the vectors by a model of the catalogue, and tells what they cost."""
    from app.vectors import OutsideModels
    from pipelines.meter import Metered
    from pipelines.retrieval.kept import KeptEmbedder
    from pipelines.space import Space
    from pipelines.vectors import ModelEmbedder

    with open_workspace() as workspace:
        models = Metered(OutsideModels(workspace))
        embedder = KeptEmbedder(ModelEmbedder(models, model), folder)
        if check is not None:
            check(embedder)
        space = asyncio.run(Space.of(embedder, texts))
    tell(f"Vectors of '{model}' cost ${models.cost_usd:.4g} now; those on disk cost nothing.")
    return space, embedder.name


def objective_of(
    rule: str | None, score_per_usd: float | None, enough: float | None, budget_usd: float | None
) -> Objective | None:
    """Returns what is wanted of the choices of a router, None where nothing was said.

    Raises:
        DocumentError: if there is no such rule, or a number belongs to another one.
    """
    from typing import get_args

    from pipelines.routing.objective import NUMBERS, Objective, Rule

    given = {"score_per_usd": score_per_usd, "enough": enough, "budget_usd": budget_usd}
    numbers = {name: value for name, value in given.items() if value is not None}
    if rule is None and not numbers:
        return None
    rule = rule or next(each for each, name in NUMBERS.items() if name in numbers)
    if rule not in get_args(Rule):
        raise DocumentError(f"There is no objective '{rule}'; there is {', '.join(get_args(Rule))}.")
    strange = next(
        (name for name in numbers if name not in (own for each, own in NUMBERS.items() if each == rule)), None
    )
    if strange is not None:
        raise DocumentError(f"--{strange.replace('_', '-')} does not belong to the objective '{rule}'.")
    return Objective.model_validate({"rule": rule, **numbers})


def affordable(
    strategies: Mapping[str, LearnedStrategy], train: OutcomeTable, *, seed: int, limit_s: float
) -> tuple[dict[str, LearnedStrategy], dict[str, str]]:
    """Returns the strategies that learn from the table in reasonable time, and why the others are left out."""
    from pipelines.routing.effort import expected_fit_s

    kept: dict[str, LearnedStrategy] = {}
    left: dict[str, str] = {}
    for name, strategy in strategies.items():
        if strategy.needs_space:
            left[name] = f"It embeds every question first; name it with --strategy {name} to train it."
            continue
        expected = expected_fit_s(strategy, train, seed=seed)
        if expected > limit_s:
            left[name] = (
                f"It would take about {expected:.0f} s, more than --limit-s {limit_s:g}. Train it too with --limit-s"
                f" {ceil(1.5 * expected)}, or by itself with --strategy {name}."
            )
        else:
            kept[name] = strategy
    return kept, left
