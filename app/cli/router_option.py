"""What the options of `routeloom router` mean: tables, strategies in short form, vectors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.home import load_config, open_library
from app.cli.output import tell
from pipelines.error import DocumentError, NotFound

if TYPE_CHECKING:
    from pipelines.learned import LearnedStrategy
    from pipelines.outcome.price import ModelPrice
    from pipelines.outcome.table import OutcomeTable
    from pipelines.space import Space


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


def _table(reference: str, prices: dict[str, ModelPrice]) -> OutcomeTable:
    from pipelines.outcome.folder import prices_near
    from pipelines.outcome.intake import import_path

    path, part = Path(reference), ""
    if not path.exists() and Path(reference.rpartition(":")[0] or "-").is_dir():
        path, part = Path(reference.rpartition(":")[0]), reference.rpartition(":")[2]
    if not path.exists():
        with open_library() as (_, library):
            return library.outcome_table(reference)
    prices.update(prices_near(path if path.is_dir() else path.parent))
    found = import_path(path, _name_of(path))
    if found.skipped:
        tell(f"Note: {found.skipped:,} outcomes of {path} were left out, the first as {found.problems[0]}.")
    for stranger in found.strangers:
        tell(f"Note: left out {stranger}: it is of no known format.")
    return _part(found.table, part) if part else found.table


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
    strategies: Iterable[LearnedStrategy], texts: Callable[[], Iterable[str]]
) -> tuple[Space | None, str | None]:
    """Returns the vectors of texts and the name of their embedder, if a strategy looks at vectors; kept on disk."""
    if not any(strategy.needs_space for strategy in strategies):
        return None, None
    from pipelines.retrieval.embedder import pick_embedder
    from pipelines.retrieval.kept import KeptEmbedder
    from pipelines.space import Space

    config = load_config()
    embedder = KeptEmbedder(pick_embedder(config.weights_folder), config.vectors_folder)
    return asyncio.run(Space.of(embedder, texts())), embedder.name


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
            left[name] = f"It would take about {expected:.0f} s; name it with --strategy {name} to train it anyway."
        else:
            kept[name] = strategy
    return kept, left
